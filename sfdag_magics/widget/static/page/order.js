// Elements in an order that changes: of them only those are moved that stand between others than before.

/** Puts elements in this order. */
function putInOrder(parent, elements) {
  const before = new Map([...parent.children].map((child, at) => [child, at]));
  const wanted = new Set(elements);
  for (const child of before.keys()) if (!wanted.has(child)) child.remove();
  const stay = new Set(longestRise(elements.map((element) => before.get(element) ?? null)).map((at) => elements[at]));
  let next = null;
  for (const element of elements.toReversed()) {
    if (!stay.has(element)) parent.insertBefore(element, next);
    next = element;
  }
}

/** Where the longest rising sequence among `numbers` stands; null is in none. */
function longestRise(numbers) {
  const ends = [];  // where the lowest end of a sequence of each length is
  const before = [];
  numbers.forEach((number, at) => {
    if (number === null) return;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]] < number) low = middle + 1;
      else high = middle;
    }
    before[at] = ends[low - 1] ?? null;
    ends[low] = at;
  });
  const found = [];
  for (let at = ends.at(-1) ?? null; at !== null; at = before[at]) found.push(at);
  return found.toReversed();
}
