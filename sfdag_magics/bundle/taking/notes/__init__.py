"""What a kernel has around a task and the task's process has not, as notes. Changes nothing."""
