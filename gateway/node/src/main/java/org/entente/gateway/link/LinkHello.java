package org.entente.gateway.link;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.link.v1.Hello;

/** What a Hello has to say to be believed. */
final class LinkHello {
  /** The version of the protocol that this gateway speaks. */
  static final int PROTOCOL = 1;

  /** The number of the control stream, which has no lane. */
  static final int CONTROL = 0;

  /** Epochs and sequences stay below it, so that adding to them cannot overflow. */
  static final long NUMBER_LIMIT = 1L << 62;

  /**
   * How far an epoch may lie above the one known: further than honest ones get, and too near for a
   * hostile peer to exhaust the numbers.
   */
  static final long EPOCH_JUMP_LIMIT = 1L << 20;

  private LinkHello() {}

  /** What is wrong with a Hello that came from an authenticated peer; empty if nothing. */
  static Optional<Problem> problem(Hello hello, LinkEnvironment environment, PeerName peer) {
    if (hello.getProtocol() != PROTOCOL) {
      return refuse(Code.PROTOCOL_VERSION, "hello.protocol", "this gateway speaks version 1");
    }
    if (!hello.getAgency().equals(peer.agency().value())
        || !hello.getGateway().equals(peer.node().value())) {
      return refuse(Code.IDENTITY_MISMATCH, "hello.agency", "the certificate says " + peer);
    }
    if (!environment.ports().admits(peer)) {
      return refuse(Code.UNKNOWN_PEER, "", "not admitted");
    }
    if (peer.agency().equals(environment.self().agency())) {
      return refuse(Code.IDENTITY_MISMATCH, "hello.agency", "this is the same agency");
    }
    if (hello.getLane() < CONTROL || hello.getLane() > Lane.all().size()) {
      return refuse(Code.MALFORMED, "hello.lane", "a lane is 1 to 4, the control stream 0");
    }
    if (hello.getLane() != CONTROL && !factsAreSound(hello)) {
      return refuse(Code.MALFORMED, "hello", "epochs and numbers are below 2^62 and in order");
    }
    return Optional.empty();
  }

  /** Whether what the sender says of its sequence, and of what it received, can be true. */
  static boolean factsAreSound(Hello hello) {
    return within(hello.getSendEpoch(), 1)
        && within(hello.getSendFirst(), 1)
        && within(hello.getSendNext(), hello.getSendFirst())
        && within(hello.getReceiveEpoch(), 0)
        && within(hello.getReceiveNext(), 0);
  }

  private static boolean within(long value, long least) {
    return value >= least && value < NUMBER_LIMIT;
  }

  private static Optional<Problem> refuse(Code code, String field, String text) {
    return Optional.of(new Problem(code, field, text));
  }
}
