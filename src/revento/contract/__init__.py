"""The wire's one source: pure tables and structs, no I/O."""
