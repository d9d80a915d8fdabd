"""Commands that make or fetch data; all write the one format of docs/format.md."""
