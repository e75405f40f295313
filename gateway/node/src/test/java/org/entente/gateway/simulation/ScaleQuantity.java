package org.entente.gateway.simulation;

/** What is measured of a federation of a size. */
public enum ScaleQuantity {
  BUNDLE_BYTES("bytes", "trust bundle, signed"),
  GOSSIP_ROUNDS("hand-overs", "a new trust bundle: longest way from node to node"),
  GOSSIP_SECONDS("s, virtual", "a new trust bundle: from the first node that has it to the last"),
  GOSSIP_FRAMES("frames", "a new trust bundle: frames of all nodes until all have it"),
  GOSSIP_BYTES("bytes", "a new trust bundle: bytes of all nodes until all have it"),
  GOSSIP_MOST_BYTES("bytes", "a new trust bundle: bytes sent by the node that sends most"),
  START_KEY_BYTES("bytes", "all nodes start: key bundles on all hops"),
  FRESHNESS_FRAMES("frames", "all nodes start: statements of witnesses on all hops"),
  FANOUT_HOPS("hop messages", "1 KiB from one to all others: deliveries on all hops"),
  FANOUT_STANZAS("stanzas", "1 KiB from one to all others: stanzas on all hops"),
  FANOUT_FIRST_BYTES(
      "bytes", "the first of its hour: deliveries on all hops, announcements in them"),
  FANOUT_BYTES("bytes", "a later one: deliveries on all hops"),
  FANOUT_ORIGIN_BYTES("bytes", "a later one: deliveries that the origin sends"),
  FANOUT_SECONDS("s, virtual", "a later one: until the origin knows all have it, by tenths"),
  DISK_ORIGIN("bytes", "a later one: what the origin keeps of it once all have retrieved it"),
  DISK_RECIPIENT("bytes", "a later one: what a recipient keeps of it"),
  HUB_ENVELOPES(
      "envelopes/s", "0.5 messages/s of 1 KiB at each agency: envelopes into the transit"),
  HUB_BYTES("bytes/s", "the same: bytes into the transit, without witness traffic"),
  HUB_ENVELOPES_EACH("envelopes", "the same: envelopes into the transit for each message"),
  HUB_BYTES_EACH("bytes", "the same: bytes into the transit for each message"),
  HUB_DISK_EACH("bytes", "the same: what the transit keeps of each message in the end"),
  WITNESS_REQUESTS("requests/h", "logs that grow all the time: requests to one witness"),
  WITNESS_BYTES("bytes/h", "the same: bytes to and from one witness"),
  WITNESS_HUB_BYTES("bytes/h", "the same: bytes of witness traffic into the transit"),
  WITNESS_EXCHANGE_BYTES("bytes", "the same: one request and its answer"),
  MEMORY_AGENCY("bytes", "heap of an agency's gateway, links without sockets"),
  MEMORY_TRANSIT("bytes", "heap of the transit's gateway, links without sockets");

  private final String unit;
  private final String what;

  ScaleQuantity(String unit, String what) {
    this.unit = unit;
    this.what = what;
  }

  /** The unit of its values. */
  public String unit() {
    return unit;
  }

  /** What it is, in words. */
  public String what() {
    return what;
  }
}
