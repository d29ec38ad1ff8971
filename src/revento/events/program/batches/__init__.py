"""Many activities at once: what an import or the sandbox brings, told as if made one by one."""
