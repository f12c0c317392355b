"""What is read and looked at: pages, pictures, diagrams, data. All wording stands here."""
