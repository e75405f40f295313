package org.entente.gateway.link;

import io.grpc.Context;

/** gRPC context keys of calls on the peer port. */
public final class LinkContext {
  /**
   * The gateway that the call's certificate proves, as a member of the trust bundle in force. Set
   * by the TLS edge on every call; a call without it is refused.
   */
  public static final Context.Key<PeerName> PEER = Context.key("entente-peer");

  /** Counts the call's messages. Absent where the transport does not. */
  public static final Context.Key<InboundMessages> MESSAGES = Context.key("entente-messages");

  private LinkContext() {}
}
