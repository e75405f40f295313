package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.Optional;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.gossip.BundleExchange;
import org.entente.gateway.trust.gossip.Freshness;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.gateway.trust.gossip.TrustMessage.FreshnessNotice;
import org.entente.gateway.trust.gossip.TrustMessage.InForce;
import org.entente.gateway.trust.gossip.TrustMessage.Part;
import org.entente.gateway.trust.gossip.TrustMessage.PartRequest;
import org.entente.proto.link.v1.BundleInForce;
import org.entente.proto.link.v1.BundlePart;
import org.entente.proto.link.v1.BundleRequest;
import org.entente.proto.link.v1.Frame;

/** Converts trust messages to frames of the control stream, and back. */
final class TrustFrames {
  private TrustFrames() {}

  /** The frame of a trust message. */
  static Frame frame(TrustMessage word) {
    Frame.Builder frame = Frame.newBuilder();
    if (word instanceof InForce inForce) {
      frame.setBundleInForce(
          BundleInForce.newBuilder().setVersion(inForce.version()).setHash(hash(inForce.hash())));
    } else if (word instanceof PartRequest ask) {
      frame.setBundleRequest(
          BundleRequest.newBuilder()
              .setHave(ask.have())
              .setHash(hash(ask.hash()))
              .setOffset(ask.offset()));
    } else if (word instanceof Part part) {
      frame.setBundlePart(
          BundlePart.newBuilder()
              .setHash(hash(part.hash()))
              .setOffset(part.offset())
              .setTotal(part.total())
              .setNote(ByteString.copyFrom(part.bytes().duplicate())));
    } else if (word instanceof FreshnessNotice stated) {
      frame.setFreshness(ByteString.copyFrom(stated.note().duplicate()));
    }
    return frame.build();
  }

  /** The trust message in a frame; empty if there is none or it breaks a bound. */
  static Optional<TrustMessage> word(Frame frame) {
    try {
      return switch (frame.getFrameCase()) {
        case BUNDLE_IN_FORCE -> Optional.of(inForce(frame.getBundleInForce()));
        case BUNDLE_REQUEST -> Optional.of(ask(frame.getBundleRequest()));
        case BUNDLE_PART -> Optional.of(part(frame.getBundlePart()));
        case FRESHNESS -> Optional.of(stated(frame.getFreshness()));
        default -> Optional.empty();
      };
    } catch (InvalidValue e) {
      return Optional.empty();
    }
  }

  private static InForce inForce(BundleInForce wire) {
    return new InForce(wire.getVersion(), hex(wire.getHash()));
  }

  private static PartRequest ask(BundleRequest wire) {
    return new PartRequest(wire.getHave(), hex(wire.getHash()), wire.getOffset());
  }

  private static Part part(BundlePart wire) {
    bound(wire.getNote(), BundleExchange.PART_BYTES);
    return new Part(
        hex(wire.getHash()),
        wire.getOffset(),
        wire.getTotal(),
        wire.getNote().asReadOnlyByteBuffer());
  }

  private static FreshnessNotice stated(ByteString note) {
    bound(note, Freshness.MAX_BYTES);
    return new FreshnessNotice(note.asReadOnlyByteBuffer());
  }

  private static void bound(ByteString bytes, int most) {
    if (bytes.size() > most) {
      throw new InvalidValue("at most " + most + " bytes", bytes.size() + " bytes");
    }
  }

  private static ByteString hash(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  private static String hex(ByteString hash) {
    bound(hash, 32);
    return HexFormat.of().formatHex(hash.toByteArray());
  }
}
