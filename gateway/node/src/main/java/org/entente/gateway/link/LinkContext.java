package org.entente.gateway.link;

import io.grpc.CallOptions;
import io.grpc.Context;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** gRPC keys of calls between gateways. */
public final class LinkContext {
  /**
   * The gateway that the call's certificate proves, as a member of the trust bundle in force. Set
   * by the TLS edge on every call; a call without it is refused.
   */
  public static final Context.Key<PeerName> PEER = Context.key("entente-peer");

  /** Counts the call's messages. Absent where the transport does not. */
  public static final Context.Key<InboundMessages> MESSAGES = Context.key("entente-messages");

  /** Who hears which count the messages of a call have that this gateway makes. */
  public static final CallOptions.Key<@Nullable Consumer<InboundMessages>> DIALLED =
      CallOptions.Key.create("entente-dialled");

  private LinkContext() {}
}
