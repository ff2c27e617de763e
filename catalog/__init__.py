"""The facts: records of papers, models and questions, and the code that reads and checks them."""
