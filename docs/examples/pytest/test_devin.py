def test_a_session_finishes(devin):
    sessions = f"/v3/organizations/{devin.org_id}/sessions"
    created = devin.call("POST", sessions, {"prompt": "Fix the login page"})

    devin.advance(60)

    session = devin.call("GET", f"{sessions}/{created['session_id']}")
    assert session["status_detail"] == "waiting_for_user"


def test_what_was_sent_can_be_verified(devin):
    sessions = f"/v3/organizations/{devin.org_id}/sessions"
    devin.call("POST", sessions, {"prompt": "x", "tags": ["nightly"]})

    devin.verify(method="POST", body={"tags": ["nightly"]}, times=1)
