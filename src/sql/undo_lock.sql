-- From here to the end of the transaction nobody queues a file: a writer that read a partition before it was retired
-- would queue its file again, after this transaction looked.
lock table temporary_files in share row exclusive mode;
