"""The columns of the state: their names, widths and lengths. All that changes in a run stands here, and all it reads.

Lengths are names of what there is one of: an account, a case, a transfer, a step, a desk, a token ...
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BY: Final[Mapping[str, str]] = {
    # -- the plan
    "transfer": "parent:i8 source:i8 target:i8 amount:i8 dwell:i8 retry:i8 size:i8 outgoing:i8 times:i8",
    "other": "o_came:i8 o_amount:i8 o_due:i8 o_retry:i8",
    "account+": "outgoing_first:i8 others_first:i8",
    "account": (
        "account_key:i8 case_of:i8 number:i8 content_of:i8 layer_of:i8 bank_of:i8 place_of:i8 card_of:i8 card_next:i8"
        " objects_after:i8 wrong:i1 innocent:i8 recall_fails:i1 claim_of:i1 contested:i1 disputed:i1 found:i8"
        # what is known, held and returned; `until` to `cases_on` by card
        " known_at:i8 known_before:i1 k_amount:i8 k_credited:i8 k_layer:i2 k_bank:i2 k_place:i2 answered_until:i8"
        " refused:i1 caught:i8 by_lead:i1 named:i1 written_off:i1 until:i8 frozen:i2 stops:i2 cases_on:i4"
        " since:i8 ended_first:i4 ended_last:i4 checks:i2 right:i1 returned:i8 is_returned:i1 raised:i8 reveal_next:i4"
    ),
    "case+": "account_first:i8 transfer_first:i8",
    "case": (
        "case_key:i8 case_content:i8 notice_after:i8 discovered:i8 channel_of:i8 scam_of:i8 age_of:i8 third_of:i8"
        " reported_at:i8 alerted_at:i8 channel:i2 scam:i2 age:i2 third:i1 blocked:i8 safe:i1 paid:i8"
        " stated:i8 open_by_case:i4 raised_case:i8 awaiting:i4 cut_off:i1"
    ),
    "arrival": "arrival_time:i8 arrival_class:i8 arrival_key:i8 arrival_kind:i8 arrival_subject:i8",
    "order": (
        "order_time:i8 order_action:i8 order_case:i8 order_subject:i8 order_of_account:i1 order_content:i8"
        " order_route:i8 order_rank:i8 order_desk:i8 order_heads:i8 order_lasts:i8 order_policy:i8"
    ),
    "ordered": "ordered_until:i8 ordered_heads:i8",
    "duty": "duty_time:i8 duty_step:i8 duty_content:i8 duty_rank:i8 duty_key:i8",
    "kind of duty": "duty_parts:i8 duty_rates_first:i8 rank_of_duty:i8 duty_pieces:i8",
    "run+": "duty_first:i8",
    "kind of duty in a run": "duty_owner:i8",
    "kind of duty in an hour": "duty_most:f8",
    "kind of duty in a part of an hour": "duty_rates:f8",
    "number in a cell": "in_cell:f8",
    "duty of one hour": "hour_at:i8 hour_key:i8 hour_duty:i8",
    # -- the workflow
    "step": (
        "kind_of:i8 next_of:i8 again_of:i8 desk_of:i8 skill_of:i8 attempts_of:i8 exhausted_of:i8 effect_of:i8"
        " start_route:i8 start_for:i8 open_desk:i8 before_lapse:i8 patient:i8 renege_of:i8 limited:i8 timeout_of:i8"
        " awaited:i8 awaits_all:i8 handed_over:i8"
    ),
    "step+": "line_first:i8 team_first:i8",
    "member": "team_desk:i8 team_heads:i8",
    "line": "line_p:f8 line_to:i8",
    "line+": "test_first:i8",
    "test": "test_of:i8 test_arg:i8 test_other:i8",
    "route": "first_of:i8 of_account:i8 done_awaited:i8 route_base:i8",
    "holder": "bank_desk:i8 bank_profile:i8 refusal_of:f8 field_of:i8",
    "desk": (
        "policy_of:i8 special:i8 asked_again:i8 skilled:i8 agency:i8 hands_over:i8 overtime_of:i8 surge_above:i8"
        " surge_heads:i8 surge_lasts:i8 drop_above:i8 drop_least:i8 new_for:i8 new_slower:f8"
        " lanes:i8 busy_first:i8 segment_first:i8"
        " cal_first:i8 cal_last:i8 cal_period:i8 cal_offset:i8 cal_heads_first:i8 ruled:i8"
        # as they are at first, and then now
        " policy_at_first:i8 deadline_at_first:i8 deadline:i8 n_ordered:i8"
        " capacity:i8 valid_until:i8 waiting:i8 queue:i8 busy_count:i8 dirty:i1 dirty_desks:i8 round_desks:i8"
        " watched:i1 calls:i8 expected:i1 called:i8 stays:i8"
    ),
    "desk+": "wakes_first:i8 feeds_first:i8",
    "wake": "wakes:i8",
    "feed": "feeds:i8",
    "segment": "segment_number:i8 segment_heads:i8 rostered:i8",
    "stay": "stay_until:i8 stay_heads:i8",
    "person": "busy:i1 new_first:i8 new_last:i8",
    "newcomer": "came:i8",
    "calendar": "cal_start:i8 cal_turn:i8 cal_heads:i8",
    "age": "age_edge:i8",
    "rate": "rate:f8 expected_left:f8",
    "clear": "clears:i8",
    # -- what is drawn
    "table": "tables:i8 law_at:i8",
    "law": (
        "law_kind:i8 law_subject:i8 law_purpose:i8 law_scale:f8 law_sigma:f8 law_changed:i8 law_factor:f8 law_add:i8"
    ),
    "single": "single_subject:i8 single_what:i8 single_whole:i8 single_real:f8",
    "real": "reals:f8",
    # -- tokens
    "route_subject": "token_at:i4 used:i2",
    "route_case": "route_open:i4",
    "token": (
        "t_route:i8 t_subject:i8 t_case:i8 t_account:i8 t_content:i8 t_before:i8 t_step:i8 t_key:i8 t_desk:i8"
        " t_person:i8 t_event:i8 t_place:i8 t_time:i8 t_serial:i8 t_waits:i1 t_rank:i8 t_own_rank:i8 t_since:i8"
        " t_priority:i8 t_weight:f8 t_skip:i1 q_left:i4 q_right:i4 q_up:i4 reveal_first:i4 reveal_last:i4 t_in_hand:i1"
        " t_team:i1 t_due:i8 t_times:i8 t_left:i8 await_next:i4 await_before:i4 t_awaits:i1 hand_next:i4 hand_before:i4"
        " t_looped:i1 free_tokens:i4 agenda:i4 agenda_time:i8"
        " t_undecided:i1 t_deadline:i8 t_place_undecided:i4 undecided:i4"
    ),
    "token_loop": "t_counts:i2",
    "token_member": "t_people:i4",
    # -- what is to come, and what has been
    "stack": "stack_kind:i8 stack_one:i8 stack_other:i8 stack_serial:i8",
    "objection": "objection_time:i8 objection_key:i8",
    "understanding": "understanding_time:i8 understanding_key:i8",
    "change": "change_time:i8 change_key:i8",
    "stop": "stop_time:i8 stop_card:i8",
    "freeze": "freeze_time:i8 freeze_card:i8",
    "due": "due_cards:i8",
    "ended": "ended_start:i8 ended_end:i8 ended_next:i4",
    "share": "share_row:i8 share_fen:i8 share_case:i8 share_claim:i8 share_part:i8 share_rest:i8",
    "row": "log_time:i8 log_key:i8 log_doing:u4 log_valued:i8 log_value:i8",
}

COLUMNS: Final[Mapping[str, str]] = {
    name: code for columns in _BY.values() for name, _, code in (one.partition(":") for one in columns.split())
}
"""By name: the width of a number of the column."""
LENGTH: Final[Mapping[str, str]] = {one.partition(":")[0]: of for of, columns in _BY.items() for one in columns.split()}
"""By name: what the column has one number for each of."""
_SCALARS: Final = (
    "next_duty last_duty "
    "now passed_time passed_desk horizon limit horizon_passed finished check end open_tokens arrivals_left "
    "first_case last_case next_arrival last_arrival temporary log_n log_room n_agenda n_free n_tokens next_serial "
    "n_stack stack_room n_objections objection_room n_understandings understanding_room n_changes stop_n stop_m "
    "stop_room freeze_n freeze_m freeze_room n_ended ended_room margin n_steps n_desks n_routes n_cases n_loops "
    "n_members n_singles single_room hand_first round_n round_at dirty_n law law_stop law_most law_freeze law_renewals "
    "first_rail has_others agencies teams newcomers cash_exits stop_is_freeze objections_route report_route "
    "warning_route lead_route alarm_route matter matter_to_cases awaited_all of_case done_bit most_stops most_segments "
    "most_stays need_what need_step need_attempt need_subject ages layers next_time change_room due_room n_people "
    "nobody next_order last_order order_pending order_done most_ordered n_undecided overdue_at taken "
    "log_values timed_law timed_subject timed "
    "n_runs n_duties n_hours band_bits duty_room duty_into duties_until duty_step_first"
)
SLOTS: Final[Mapping[str, int]] = {name: place for place, name in enumerate((*COLUMNS, *_SCALARS.split()))}
"""The place of each column's address, and of each whole number, in the block that a pointer to the state points at."""
