"""Key poses by family: the table that every sampled pose starts from.

Angles in degrees, see `angles.py`: pelvis=(pitch, roll, yaw), spine and head
=(flex, side, twist), Arm(flexion, abduction, rotation, elbow, forearm, wrist),
Leg(flexion, abduction, rotation, knee, ankle). What an entry leaves out stands
relaxed.
"""

import numpy as np

from data_scripts.people.angles import Arm, Leg, pose

# The formatter would put every argument on a line of its own.
# fmt: off

# Standing and everyday actions.
DAILY = {
    "stand": pose(),
    "apose": pose(arms=Arm(0, 40, 0, 5)),
    "tpose": pose(arms=Arm(0, 90, 0, 3)),
    "hips": pose(arms=Arm(-20, 48, -50, 95, 0, 20)),
    "crossed": pose(left_arm=Arm(38, 8, 62, 105), right_arm=Arm(32, 10, 62, 100)),
    "phone": pose(head=(5, -8, 10), right_arm=Arm(50, 30, 30, 140)),
    "wave": pose(head=(0, 0, -15), right_arm=Arm(0, 95, -80, 85)),
    "point": pose(spine=(0, 0, -12), head=(0, 0, -10), right_arm=Arm(80, 15, 0, 8)),
    "reach_up": pose(
        spine=(-8, 8, 0), head=(-30, 0, 0),
        left_arm=Arm(0, 15, 0, 20), right_arm=Arm(165, 10, 0, 10),
    ),
    "arms_up": pose(head=(-12, 0, 0), arms=Arm(165, 18, 0, 12)),
    "shrug": pose(arms=Arm(18, 25, -45, 95, 60)),
    "bow": pose(
        pelvis=(30, 0, 0), spine=(45, 0, 0), arms=Arm(60, 8, 0, 12),
        legs=Leg(45, 4, 4, 3),
    ),
    "pickup": pose(
        pelvis=(35, 0, 0), spine=(45, 0, 0),
        left_arm=Arm(40, 15, 0, 50), right_arm=Arm(85, 10, 0, 12),
        legs=Leg(95, 12, 10, 70, 5),
    ),
    "carry": pose(spine=(-8, 0, 0), arms=Arm(35, 12, 25, 85, 40)),
    "lean": pose(
        spine=(0, -12, 8), head=(0, 10, -15), left_arm=Arm(-15, 45, -50, 90),
        left_leg=Leg(0, 10, 5, 0), right_leg=Leg(12, 6, 15, 22),
    ),
}
# Phases of walking.
WALK = {
    "walk_a": pose(
        spine=(4, 0, 6), left_arm=Arm(-25, 8, 0, 12), right_arm=Arm(22, 8, 5, 25),
        left_leg=Leg(28, 3, 4, 6, 0), right_leg=Leg(-18, 2, 4, 14, -14),
    ),
    "walk_b": pose(
        spine=(3, 2, 0), left_arm=Arm(-5, 8, 0, 15), right_arm=Arm(5, 8, 5, 18),
        left_leg=Leg(6, 3, 4, 5), right_leg=Leg(12, 3, 3, 58, -8),
    ),
    "stairs": pose(
        spine=(12, 0, 4), left_arm=Arm(-15, 8, 0, 20), right_arm=Arm(35, 10, 0, 45),
        left_leg=Leg(70, 4, 0, 78, 5), right_leg=Leg(-2, 3, 0, 6, -10),
    ),
}
# Phases of running.
RUN = {
    "run_a": pose(
        pelvis=(8, 0, 0), spine=(6, 0, 12),
        left_arm=Arm(-45, 15, 0, 95), right_arm=Arm(45, 12, 25, 100),
        left_leg=Leg(75, 3, 0, 95, 5), right_leg=Leg(-20, 2, 0, 18, -35),
    ),
    "run_b": pose(
        pelvis=(10, 0, 0), spine=(8, 0, 6),
        left_arm=Arm(-20, 15, 0, 90), right_arm=Arm(25, 12, 20, 90),
        left_leg=Leg(38, 3, 0, 30, 5), right_leg=Leg(-8, 3, 0, 110, -25),
    ),
    "sprint": pose(
        pelvis=(22, 0, 0), spine=(5, 0, 15), head=(-18, 0, 0),
        left_arm=Arm(-52, 18, 0, 85), right_arm=Arm(75, 12, 20, 95),
        left_leg=Leg(95, 3, 0, 110, 5), right_leg=Leg(-25, 2, 0, 8, -40),
    ),
}
# Close to the ground: squatting, sitting, crawling, lying.
LOW = {
    "squat": pose(
        pelvis=(28, 0, 0), spine=(15, 0, 0), head=(-18, 0, 0), arms=Arm(75, 10, 10, 20),
        legs=Leg(112, 18, 18, 125, 22),
    ),
    "deep": pose(
        pelvis=(22, 0, 0), spine=(28, 0, 0), arms=Arm(55, 25, 30, 75),
        legs=Leg(126, 28, 22, 145, 24),
    ),
    "lunge": pose(
        arms=Arm(10, 35, -50, 95),
        left_leg=Leg(88, 4, 0, 90, 5), right_leg=Leg(-22, 4, 0, 55, -30),
    ),
    "kneel": pose(
        spine=(10, 0, 0), arms=Arm(35, 10, 20, 60),
        left_leg=Leg(85, 6, 4, 92, 3), right_leg=Leg(2, 5, 0, 95, -45),
    ),
    "kneel2": pose(arms=Arm(20, 10, 25, 40), legs=Leg(5, 8, 0, 100, -45)),
    "sit": pose(spine=(6, 0, 0), arms=Arm(35, 10, 15, 40), legs=Leg(88, 10, 8, 85, 0)),
    "sit_back": pose(
        pelvis=(-15, 0, 0), spine=(5, 0, 0), arms=Arm(-25, 25, 0, 15),
        legs=Leg(75, 14, 10, 60, -5),
    ),
    "sit_cross": pose(
        spine=(18, 0, 0), arms=Arm(30, 18, 25, 45), legs=Leg(95, 48, 45, 128, -15),
    ),
    "longsit": pose(
        spine=(8, 0, 0), arms=Arm(-35, 18, 0, 5), legs=Leg(92, 10, 8, 6, -15),
    ),
    "crawl": pose(
        pelvis=(82, 0, 0), head=(-35, 0, 0), arms=Arm(92, 8, 0, 10),
        left_leg=Leg(80, 6, 0, 90, -30), right_leg=Leg(105, 6, 0, 95, -30),
    ),
    "lie": pose(pelvis=(-88, 0, 0), arms=Arm(5, 30, 0, 15), legs=Leg(3, 8, 10, 5, -30)),
    "prone": pose(
        pelvis=(90, 0, 0), head=(-20, 0, 25), arms=Arm(150, 30, 0, 70),
        legs=Leg(-4, 8, 5, 8, -40),
    ),
    "side_lie": pose(
        pelvis=(0, -86, 0), left_arm=Arm(30, 5, 20, 30), right_arm=Arm(150, 20, 0, 90),
        left_leg=Leg(35, 2, 0, 50, -20), right_leg=Leg(10, 4, 0, 20, -30),
    ),
    "plank": pose(
        pelvis=(80, 0, 0), head=(-25, 0, 0), arms=Arm(80, 5, 0, 4),
        legs=Leg(2, 5, 0, 2, 15),
    ),
    "downdog": pose(
        pelvis=(118, 0, 0), head=(5, 0, 0), arms=Arm(165, 6, 0, 4),
        legs=Leg(75, 5, 0, 4, 18),
    ),
}
# Athletic actions.
SPORT = {
    "jump": pose(
        spine=(-10, 0, 0), head=(-15, 0, 0), arms=Arm(170, 18, 0, 15),
        legs=Leg(15, 8, 0, 30, -40),
    ),
    "star": pose(arms=Arm(0, 135, 0, 8), legs=Leg(0, 38, 5, 5, -35)),
    "tuck": pose(
        pelvis=(15, 0, 0), spine=(30, 0, 0), arms=Arm(45, 20, 10, 60),
        legs=Leg(115, 10, 0, 125, -20),
    ),
    "kick": pose(
        pelvis=(-12, 0, 0), spine=(12, 0, 12),
        left_arm=Arm(35, 60, 0, 25), right_arm=Arm(-35, 40, 0, 30),
        left_leg=Leg(-5, 4, 5, 14, 0), right_leg=Leg(80, 6, 0, 15, -30),
    ),
    "windup": pose(
        pelvis=(10, 0, 0), spine=(-5, 0, -22),
        left_arm=Arm(45, 70, 0, 15), right_arm=Arm(-45, 40, 0, 35),
        left_leg=Leg(18, 4, 0, 20, 5), right_leg=Leg(-28, 8, 5, 75, -25),
    ),
    "highkick": pose(
        pelvis=(-15, 18, 0), spine=(10, -10, 0),
        left_arm=Arm(30, 40, 30, 100), right_arm=Arm(0, 40, 0, 60),
        left_leg=Leg(-8, 5, 15, 8), right_leg=Leg(105, 40, 10, 12, -25),
    ),
    "throw": pose(
        spine=(-10, -8, -32),
        left_arm=Arm(70, 35, 0, 20), right_arm=Arm(20, 100, -75, 95),
        left_leg=Leg(40, 6, 0, 25), right_leg=Leg(-18, 10, 10, 22, -20),
    ),
    "throw2": pose(
        pelvis=(18, 0, 0), spine=(18, 6, 28),
        left_arm=Arm(-20, 20, 20, 70), right_arm=Arm(80, 25, 20, 25),
        left_leg=Leg(55, 5, 0, 45, 8), right_leg=Leg(-22, 6, 5, 30, -35),
    ),
    "serve": pose(
        spine=(-20, -12, -20), head=(-35, 0, 8),
        left_arm=Arm(160, 15, 0, 5), right_arm=Arm(160, 35, -30, 70),
        left_leg=Leg(15, 5, 0, 35, 0), right_leg=Leg(5, 8, 8, 45, -20),
    ),
    "smash": pose(
        pelvis=(10, 0, 0), spine=(12, 8, 22),
        left_arm=Arm(25, 20, 30, 95), right_arm=Arm(155, 8, 10, 10),
        left_leg=Leg(8, 4, 0, 10, -35), right_leg=Leg(-20, 5, 0, 55, -35),
    ),
    "bat": pose(
        spine=(10, 0, -30), head=(0, 0, 50),
        left_arm=Arm(85, -15, 30, 45), right_arm=Arm(75, 30, 35, 95),
        left_leg=Leg(25, 14, 5, 30, 5), right_leg=Leg(20, 16, 10, 38, 5),
    ),
    "swing": pose(
        spine=(10, 8, 38), left_arm=Arm(70, 60, 0, 35), right_arm=Arm(100, -20, 30, 40),
        left_leg=Leg(10, 10, 5, 5), right_leg=Leg(5, 12, -15, 45, -35),
    ),
    "golf": pose(
        pelvis=(15, 0, 0), spine=(22, 0, 0), head=(12, 0, 0),
        left_arm=Arm(45, -12, 10, 6), right_arm=Arm(48, -12, 10, 14),
        legs=Leg(35, 14, 6, 22, 8),
    ),
    "box": pose(
        spine=(8, 0, 15), left_arm=Arm(78, 10, 20, 40), right_arm=Arm(55, 18, 40, 130),
        left_leg=Leg(28, 10, 5, 25, 5), right_leg=Leg(-6, 12, 12, 25, -10),
    ),
    "punch": pose(
        spine=(10, 0, 32), left_arm=Arm(50, 15, 45, 130), right_arm=Arm(88, 5, 10, 5),
        left_leg=Leg(35, 8, 0, 35, 5), right_leg=Leg(-18, 8, 8, 15, -25),
    ),
    "dribble": pose(
        pelvis=(20, 0, 0), spine=(18, 0, 5), head=(-25, 0, 0),
        left_arm=Arm(20, 45, 0, 50), right_arm=Arm(40, 15, 0, 65),
        legs=Leg(50, 14, 5, 52, 8),
    ),
    "volley": pose(
        pelvis=(15, 0, 0), spine=(15, 0, 0), head=(-22, 0, 0), arms=Arm(60, -10, 15, 6),
        legs=Leg(60, 16, 8, 65, 12),
    ),
    "hurdle": pose(
        pelvis=(35, 0, 0), spine=(15, 0, 0), head=(-30, 0, 0),
        left_arm=Arm(20, 30, 0, 60), right_arm=Arm(90, 8, 0, 12),
        left_leg=Leg(110, 4, 0, 12, 5), right_leg=Leg(30, 60, 25, 100, 0),
    ),
    "skate": pose(
        pelvis=(32, 0, 0), spine=(22, 0, 10), head=(-35, 0, 0),
        left_arm=Arm(-45, 20, 0, 20), right_arm=Arm(55, 10, 20, 60),
        left_leg=Leg(75, 5, 0, 75, 10), right_leg=Leg(5, 35, 5, 15, -10),
    ),
    "surf": pose(
        spine=(15, 0, 15), head=(-5, 0, 45),
        left_arm=Arm(0, 88, 0, 15), right_arm=Arm(0, 80, 0, 20),
        legs=Leg(48, 28, 12, 62, 12),
    ),
    "archer": pose(
        head=(0, 0, 70), left_arm=Arm(0, 90, 0, 2), right_arm=Arm(0, 88, 0, 140, 0),
        legs=Leg(4, 12, 8, 3),
    ),
}
# Upside down.
INVERTED = {
    "handstand": pose(
        pelvis=(180, 0, 0), head=(-25, 0, 0), arms=Arm(172, 8, 0, 4),
        legs=Leg(4, 6, 0, 6, -40),
    ),
    "cartwheel": pose(
        pelvis=(0, 105, 0), arms=Arm(0, 165, 0, 4), legs=Leg(5, 55, 5, 4, -35),
    ),
    "handstand_split": pose(
        pelvis=(175, 8, 0), head=(-20, 0, 0), arms=Arm(172, 8, 0, 4),
        left_leg=Leg(60, 6, 0, 8, -40), right_leg=Leg(-28, 6, 0, 15, -40),
    ),
    "bridge": pose(
        pelvis=(-120, 0, 0), spine=(-34, 0, 0), head=(-40, 0, 0),
        arms=Arm(180, 8, 0, 12), legs=Leg(-28, 10, 0, 85, -10),
    ),
}
# Dance and yoga.
DANCE = {
    "warrior": pose(
        head=(0, 0, 60), arms=Arm(0, 90, 0, 3),
        left_leg=Leg(80, 25, 15, 85, 8), right_leg=Leg(-10, 40, 5, 3, 5),
    ),
    "tree": pose(arms=Arm(168, 8, 10, 15), right_leg=Leg(55, 55, 40, 135, -20)),
    "arabesque": pose(
        pelvis=(38, 0, 0), spine=(-25, 0, 0), head=(-20, 0, 0),
        left_arm=Arm(110, 12, 0, 8), right_arm=Arm(0, 85, 0, 10),
        left_leg=Leg(35, 4, 10, 3), right_leg=Leg(-28, 6, 10, 5, -45),
    ),
    "dance1": pose(
        spine=(0, 15, 10), head=(0, -15, 20),
        left_arm=Arm(0, 110, -40, 70), right_arm=Arm(-10, 55, -30, 70),
        left_leg=Leg(15, 18, 10, 40, -20), right_leg=Leg(0, 12, 10, 8),
    ),
    "dance2": pose(
        spine=(-5, -18, -15), head=(-8, 10, -20), arms=Arm(150, 35, 0, 60),
        left_leg=Leg(0, 5, 5, 10), right_leg=Leg(55, 20, 20, 95, -30),
    ),
    "ballet5": pose(arms=Arm(150, 22, 25, 38), legs=Leg(0, 2, 35, 2, -42)),
    "jazz": pose(
        spine=(0, 18, 0), left_arm=Arm(0, 130, 0, 12), right_arm=Arm(0, 125, 0, 10),
        left_leg=Leg(0, 45, 15, 5, -30), right_leg=Leg(30, 15, 20, 55, 0),
    ),
    "split_leap": pose(
        pelvis=(5, 0, 0), spine=(-15, 0, 0),
        left_arm=Arm(0, 95, 0, 8), right_arm=Arm(85, 10, 0, 8),
        left_leg=Leg(95, 6, 0, 6, -40), right_leg=Leg(-30, 6, 5, 12, -45),
    ),
}
# fmt: on

FAMILIES: dict[str, dict[str, np.ndarray]] = {
    "daily": DAILY,
    "walk": WALK,
    "run": RUN,
    "low": LOW,
    "sport": SPORT,
    "inverted": INVERTED,
    "dance": DANCE,
}
