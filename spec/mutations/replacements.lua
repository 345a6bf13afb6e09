-- Mutants that no rule makes: {file=, from = text that is there once, to = what it becomes, what = its name}.
return {
   {file = "src/sql/undo_lock.sql", from = "lock table temporary_files in share row exclusive mode", to = "select",
      what = "no lock"},
   {file = "src/sql/undo_lock.sql", from = "share row exclusive", to = "row exclusive",
      what = "a lock that lets others queue"},
}
