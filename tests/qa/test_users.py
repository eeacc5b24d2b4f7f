"""Users, roles and passwords."""

import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa import users as users_module
from qa.users import BadUsers, Role, Users, read_users, remove_user, set_user

PASSWORD = "ett långt lösenord"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "users.json"
    set_user(path, "anna", Role.READER, PASSWORD)
    return path


def test_a_password_is_kept_as_a_hash_that_only_the_owner_reads(file):
    assert PASSWORD not in file.read_text()
    assert read_users(file)["anna"].password.startswith("$argon2id$")
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_only_the_right_name_and_password_are_known(file):
    users = Users(file)
    assert users.knows("anna", PASSWORD)
    assert not users.knows("anna", PASSWORD + " ")
    assert not users.knows("anna", "")
    assert not users.knows("berit", PASSWORD)
    assert not users.knows("", "")


def test_a_name_that_nobody_has_takes_as_long_as_another(file):
    users = Users(file)

    def seconds(name: str) -> float:
        began = time.perf_counter()
        for _ in range(3):
            users.knows(name, "fel lösenord")
        return time.perf_counter() - began

    assert seconds("nobody") > 0.3 * seconds("anna")


def test_roles_and_passwords_are_changed_while_the_server_runs(file):
    users = Users(file)
    assert users.role("anna") is Role.READER
    set_user(file, "anna", Role.EDITOR, "ett annat lösenord")
    os.utime(file, ns=(0, time.time_ns() + 10**9))
    assert users.role("anna") is Role.EDITOR
    assert not users.knows("anna", PASSWORD)


def test_a_file_that_is_damaged_or_gone_closes_the_door(file):
    users = Users(file)
    whole = file.read_text()
    for content in ("{", "{}", "[]"):
        file.write_text(content)
        for _ in range(2):
            with pytest.raises(BadUsers, match=r"ingen fil med användare|inga användare"):
                users.role("anna")
            with pytest.raises(BadUsers):
                users.knows("anna", PASSWORD)
    file.write_text(whole)
    assert users.knows("anna", PASSWORD)
    file.unlink()
    with pytest.raises(BadUsers, match="inga användare"):
        users.fingerprint("anna")


def test_users_are_removed_but_not_the_last(file):
    set_user(file, "bo", Role.EDITOR, PASSWORD)
    users = Users(file)
    remove_user(file, "anna")
    assert users.role("anna") is None
    assert list(users.everyone()) == ["bo"]
    with pytest.raises(BadUsers, match="enda användaren"):
        remove_user(file, "bo")
    with pytest.raises(BadUsers, match="ingen användare «cia»"):
        remove_user(file, "cia")


def test_two_who_change_the_file_at_a_time_lose_nothing(file):
    names = [f"namn{number}" for number in range(8)]
    with ThreadPoolExecutor(4) as many:
        list(many.map(lambda name: set_user(file, name, Role.READER, PASSWORD), names))
    assert set(read_users(file)) == {"anna", *names}


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"role": "king", "password": ""}}', '{"a": {}}'])
def test_what_is_no_file_of_users_is_a_sentence(tmp_path, content):
    path = tmp_path / "users.json"
    path.write_text(content)
    with pytest.raises(BadUsers, match=r"ingen fil med användare|inga användare"):
        Users(path)


def test_a_file_that_is_not_there_lets_nobody_in(tmp_path):
    with pytest.raises(BadUsers, match="inga användare"):
        Users(tmp_path / "users.json")


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("", PASSWORD, "tomt"),
        ("a", "kort", "minst 12 tecken"),
        ("a", "x" * 1001, "högst 1000 tecken"),
        ("a\x1b", PASSWORD, "inte syns"),
    ],
)
def test_a_user_that_cannot_be_is_not_added(file, name, password, said):
    with pytest.raises(BadUsers, match=said):
        set_user(file, name, Role.READER, password)
    assert set(json.loads(file.read_text())) == {"anna"}


def test_ones_own_change_does_not_undo_an_administrators(file, monkeypatch):
    set_user(file, "bo", Role.EDITOR, PASSWORD)
    users, hashed = Users(file), users_module._hashed

    def removed_meanwhile(name, password):
        remove_user(file, "bo")
        return hashed(name, password)

    monkeypatch.setattr(users_module, "_hashed", removed_meanwhile)
    with pytest.raises(BadUsers, match="ändrats under tiden"):
        users.change("bo", PASSWORD)
    assert set(read_users(file)) == {"anna"}
