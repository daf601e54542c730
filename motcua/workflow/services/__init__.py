"""The acts of workflow: runs are moved by the owner of their subject, inside its transaction and under its lock."""

from motcua.workflow.rules import StepView
from motcua.workflow.services.again import reopen, start_again
from motcua.workflow.services.law import load_law
from motcua.workflow.services.loading import load_processes
from motcua.workflow.services.runs import extend, finish, pause, present_step, resume, start
from motcua.workflow.services.steps import advance, assign, forget_words, go_back, jump_to_return

__all__ = [
    "StepView",
    "advance",
    "assign",
    "extend",
    "finish",
    "forget_words",
    "go_back",
    "jump_to_return",
    "load_law",
    "load_processes",
    "pause",
    "present_step",
    "reopen",
    "resume",
    "start",
    "start_again",
]
