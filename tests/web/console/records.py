"""Small files of somebody's own people, as a manager would hand them in."""

from pathlib import Path

MANY = 20
SHARED = Path(__file__).parents[4] / "shared" / "data"
"""Real records (SOURCES.md there); absent in a checkout alone."""

MENTORS = (
    "id,full name,title,expertise,languages,country,office\n"
    "M1,Idris Crane,Head of Operations,Negotiation;Leading stakeholders,en;pt,PT,Lisbon\n"
    "M2,Ottoline Vane,Data lead,Python;SQL,en,GB,Leeds\n"
    "M3,Juno Holt,Engineer,React;JavaScript,en;fr,PT,Lisbon\n"
)
MENTEES = (
    "id,full name,has,wants\n"
    "S1,Noor Pell,SQL,Python\n"
    "S2,Tamsin Ray,Python,React;TypeScript\n"
    "S3,Wilder Foss,Sales,Negotiation\n"
)
PAST = "mentor,mentee,cycle,both said yes,meetings\nM2,S1,2024,yes,4\nJuno Holt,Tamsin Ray,2025,no,\n"
"""Two pairs of earlier years: one by ids, one by names."""


def people_file(mentors: int, mentees: int, note: str = "") -> str:
    """Mentors and mentees in one file, of two cities; every other mentee wants what nobody offers."""
    rows = ["number,role,name,skills,wants,city,level,manager,about"]
    for at in range(mentors):
        rows.append(f"M{at},mentor,Mentor {at},Python;SQL,,{('Lisbon', 'Nairobi')[at % 2]},{6 + at % 4},,{note}")
    for at in range(mentees):
        wish, city = ("Python", "Weaving")[at % 2], ("Lisbon", "Nairobi")[at % 2]
        rows.append(f"S{at},mentee,Mentee {at},Excel,{wish},{city},{2 + at % 3},M{at % 5},{note}")
    return "\n".join(rows) + "\n"


def equals_file(people: int) -> str:
    """People of two countries who know one of two things and want the other; the first two of many could lead."""
    skills, zone = ("SQL", "Negotiation"), ("Mon-08;Tue-08", "Mon-08;Wed-12")
    rows = ["number,role,name,skills,wants,languages,availability,country"]
    hosts = 2 if people > MANY else 0
    rows += [f"H{at},host,Host {at},Coaching,,en;pt,Mon-08,Kenya" for at in range(1, hosts + 1)]
    for at in range(people - hosts):
        ours, land = zone[at // 2 % 2], ("Portugal", "Kenya")[at % 2]
        rows.append(f"P{at},peer,Peer {at},{skills[at % 2]},{skills[(at + 1) % 2]},en,{ours},{land}")
    return "\n".join(rows) + "\n"
