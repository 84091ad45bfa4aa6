"""Letters of people: mails, and reports of abuse in files, taken apart within bounds."""
