"""Floor 2: executors: calls in processes that can be limited and killed one by one."""
