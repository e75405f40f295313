package org.entente.gateway.link;

import org.entente.gateway.model.AgencyName;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;

/**
 * What a gateway does with the attachment frames of its neighbours. Nothing in a frame is checked
 * yet but who sent it. Called by the neighbour's control stream, one frame at a time; may wait for
 * the disk, never for a peer. Safe for use by several threads.
 */
public interface AttachmentTransfer {
  /** Gives out nothing and takes nothing. */
  AttachmentTransfer NONE = new AttachmentTransfer() {};

  /** A neighbour requests a segment. */
  default void requested(AgencyName neighbour, AttachmentRequest request) {}

  /** A neighbour sends a segment, or refuses to. */
  default void received(AgencyName neighbour, AttachmentPart part) {}
}
