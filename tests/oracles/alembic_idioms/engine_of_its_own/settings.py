import os


class Database:
    def __init__(self):
        self.url = os.environ["DATABASE_URL"]


class Settings:
    def __init__(self):
        self.database = Database()


settings = Settings()
URL = settings.database.url
