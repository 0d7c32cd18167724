"""What a job file may say: a frozen dataclass a task, its fields read and checked one by one, and their JSON schema.

Imported by `survey`, `regional`, `assembly`, `selection`, `report`, `tasks` and `__main__`.
"""
