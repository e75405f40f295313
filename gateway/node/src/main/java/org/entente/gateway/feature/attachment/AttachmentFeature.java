package org.entente.gateway.feature.attachment;

import java.time.Duration;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.link.AttachmentTransfer;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.jspecify.annotations.Nullable;

/**
 * Attachments, if {@code attachments} is configured. Otherwise every use of them is refused, and
 * messages of others that have some are received without the files. A transit passes segments on
 * between others in either case.
 */
public final class AttachmentFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    AttachmentsConfig settings = registry.parts().config().attachments();
    Transfer transfer = new Transfer(registry.parts());
    registry.transfer(transfer);
    registry.whenBuilt(path -> transfer.links = path.administration().links());
    registry.every(Duration.ofMillis(100), "attachments to pass on", transfer.relay::round);
    if (settings == null) {
      registry.draft(new AttachmentDrafts.Refusal());
      registry.offer(context -> new AttachmentsService(null));
      return;
    }
    AttachmentParts parts = AttachmentParts.of(registry.parts(), settings);
    CompleteFiles files = new CompleteFiles(parts);
    Uploads uploads = new Uploads(parts, files, System::nanoTime);
    transfer.supply = new AttachmentSupply(parts, files, System::nanoTime);
    registry.draft(new AttachmentDrafts(parts, uploads));
    registry.every(Duration.ofSeconds(1), "attachments of other machines", files::round);
    registry.whenBuilt(path -> built(registry, parts, files, uploads, transfer));
  }

  private static void built(
      Registry registry,
      AttachmentParts parts,
      CompleteFiles files,
      Uploads uploads,
      Transfer transfer) {
    AttachmentFetches fetches = new AttachmentFetches(parts, files, transfer, System::nanoTime);
    transfer.fetches = fetches;
    AttachmentReadings readings = new AttachmentReadings(parts, fetches, files, System::nanoTime);
    AttachmentSweep sweep = new AttachmentSweep(parts, fetches, uploads, files);
    registry.every(Duration.ofSeconds(1), "attachments to fetch", fetches::round);
    registry.every(Duration.ofMinutes(1), "attachments that are over", sweep::round);
    registry.every(Duration.ofHours(1), "attachments without a record", sweep::orphans);
    registry.offer(
        context -> new AttachmentsService(new AttachmentsService.Calls(uploads, readings)));
  }

  /** Frames of neighbours; the links exist only once the path is built. */
  private static final class Transfer implements AttachmentTransfer, AttachmentRelay.Links {
    private final AgencyName self;
    private final Meters meters;
    private final AttachmentRelay relay;
    private volatile @Nullable AttachmentSupply supply;
    private volatile @Nullable PeerLinks links;
    private volatile @Nullable AttachmentFetches fetches;

    Transfer(GatewayParts parts) {
      this.self = parts.self();
      this.meters = parts.environment().meters();
      this.relay =
          new AttachmentRelay(
              self,
              () -> parts.rules().bundle().get().isTransit(self),
              parts.outgoing().routes()::hops,
              new SegmentRates(parts.config().limitsInForce().perAgencyInForce().relayedKib()),
              this,
              System::nanoTime);
    }

    @Override
    public void requested(AgencyName neighbour, AttachmentRequest request) {
      try {
        if (isForThisGateway(request.getOrigin())) {
          answer(neighbour, request);
        } else {
          relay.requested(neighbour, request);
        }
      } catch (InvalidValue e) {
        dropped(Code.MALFORMED);
      }
    }

    private boolean isForThisGateway(String agency) {
      return agency.isEmpty() || agency.equals(self.value());
    }

    private void answer(AgencyName neighbour, AttachmentRequest request) {
      AttachmentSupply from = supply;
      if (from != null) {
        // If the queue is full, the neighbour asks again.
        from.answer(neighbour, request).ifPresent(part -> send(neighbour, part));
      }
    }

    @Override
    public void received(AgencyName neighbour, AttachmentPart part) {
      AttachmentFetches taking = fetches;
      try {
        if (!isForThisGateway(part.getRequester())) {
          relay.received(neighbour, part);
        } else if (taking != null) {
          taking.received(neighbour, part);
        }
      } catch (InvalidValue e) {
        dropped(Code.MALFORMED);
      }
    }

    @Override
    public boolean send(AgencyName to, AttachmentRequest request) {
      PeerLinks by = links;
      return by != null && by.send(to, request);
    }

    @Override
    public boolean send(AgencyName to, AttachmentPart part) {
      PeerLinks by = links;
      return by != null && by.send(to, part);
    }

    @Override
    public void dropped(Code code) {
      meters.refused(Meters.Side.PEER, code);
    }
  }
}
