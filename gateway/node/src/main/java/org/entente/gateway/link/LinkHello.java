package org.entente.gateway.link;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.link.v1.Hello;

/** Checks of a peer's Hello. */
final class LinkHello {
  /** The version of the protocol that this gateway speaks. */
  static final int PROTOCOL = 1;

  /** The number of the control stream, which has no lane. */
  static final int CONTROL = 0;

  /** Exclusive upper bound of epochs and sequences, so that additions cannot overflow. */
  static final long NUMBER_LIMIT = 1L << 62;

  /**
   * How far an epoch may lie above the known one: more than honest peers need, and too little for a
   * hostile peer to exhaust the numbers.
   */
  static final long EPOCH_JUMP_LIMIT = 1L << 20;

  private LinkHello() {}

  /** The first fault of an authenticated peer's Hello; empty if it is valid. */
  static Optional<Problem> problem(Hello hello, LinkEnvironment environment, PeerName peer) {
    if (hello.getProtocol() != PROTOCOL) {
      return refuse(
          Code.PROTOCOL_VERSION, "hello.protocol", "this gateway supports version 1 only");
    }
    if (!hello.getAgency().equals(peer.agency().value())
        || !hello.getGateway().equals(peer.node().value())) {
      return refuse(Code.IDENTITY_MISMATCH, "hello.agency", "the certificate says " + peer);
    }
    if (!environment.ports().admits(peer)) {
      return refuse(
          Code.UNKNOWN_PEER,
          "",
          "the trust bundle or the configuration does not admit this gateway");
    }
    if (peer.agency().equals(environment.self().agency())) {
      return refuse(
          Code.IDENTITY_MISMATCH, "hello.agency", "the peer belongs to this gateway's own agency");
    }
    if (hello.getLane() < CONTROL || hello.getLane() > Lane.all().size()) {
      return refuse(Code.MALFORMED, "hello.lane", "a lane must be 1 to 4; 0 is the control stream");
    }
    if (!within(hello.getTerm(), 0)) {
      return refuse(Code.MALFORMED, "hello.term", "a term must be below 2^62");
    }
    if (hello.getLane() != CONTROL && !factsAreSound(hello)) {
      return refuse(Code.MALFORMED, "hello", "epochs and numbers must be below 2^62 and in order");
    }
    return Optional.empty();
  }

  /** Whether the send and receive positions in a Hello are possible. */
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
