"""The same lake on files and on AWS's services: equal tables, books and states."""
