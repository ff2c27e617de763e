"""The site: pages made from the records, and the file that hands them to MkDocs."""
