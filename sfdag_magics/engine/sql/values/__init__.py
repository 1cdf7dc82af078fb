"""What all rooms are written in: types, constants, shapes of macros, pure rules of formats."""
