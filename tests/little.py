"""A centre of one desk at which people wait, as a file: small enough to be asked everything."""

CENTRE = """
schema_version: 1
name: little
title: A little centre
question: Would a second person pay?
start: 2026-03-02T00:00
utc_offset: "+08:00"
horizon: 2d
follow_up: 5d
victims:
  scams:
    scam:
      loss: {lognormal: {median: 20k yuan, p90: 60k yuan}}
      typical_payment: 10k yuan
      payment_gap: 5m
      discovery: {exponential: {mean: 30m}}
      report_lag: 10m
      reports: 0.9
  arrivals: {all: {per_day: 30}}
criminals:
  typical_transfer: 10k yuan
  fan_out_spread: 0.3
  amount_spread: 0.3
  most_fan_out: 4
  exit_by_layer: [0.2, 0.6]
  deepest_layer: 3
  dwell_by_layer: [{exponential: {mean: 50m}}]
  spacing: 1m
  retry: 5m
  exits: {cash: {share: 1, dwell: {exponential: {mean: 90m}}}}
bank_profiles: {machine: {staff: unlimited, time: 2m}}
banks: {bank: {share: 1, profile: machine}}
desks:
  analyst: {staff: 1, wage: 60 yuan}
on_report: call
routes:
  call:
    subject: case
    first: talk
    steps:
      talk: {work: {team: {analyst: 1}, time: {exponential: {mean: 30m}}}, leak: {wait: intake, work: intake}}
      open: {do: open_case}
      chase: {start: {route: account, for: each_revealed}}
      done: {end: done}
  account:
    subject: account
    first: ask
    steps:
      ask: {work: {desk: bank_of_account}, leak: {wait: bank, work: bank}}
      stop: {do: place_hold}
      answer: {do: reveal}
      more: {start: {route: account, for: each_revealed}}
      done: {end: done}
sources:
  criminals.dwell_by_layer: {label: assumed, source: "a guess <b>of ours</b>"}
  criminals.retry: {label: assumed, source: nobody knows}
"""
