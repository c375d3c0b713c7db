"""Work for later: the lease table and its workers."""
