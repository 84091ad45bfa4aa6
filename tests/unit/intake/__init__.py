"""Reports of people: mails and abuse reports made by hand."""
