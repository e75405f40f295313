package org.entente.gateway.feature.attachment;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.link.AttachmentTransfer;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.jspecify.annotations.Nullable;

/**
 * Attachments, if {@code attachments} is configured. Otherwise every use of them is refused, and
 * messages of others that have some are received without the files.
 */
public final class AttachmentFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    NodeConfig.AttachmentSettings settings = registry.parts().config().attachments();
    if (settings == null) {
      registry.draft(new AttachmentDrafts.Refusal());
      registry.offer(context -> new AttachmentsService(null));
      return;
    }
    AttachmentParts parts = AttachmentParts.of(registry.parts(), settings);
    Uploads uploads = new Uploads(parts);
    Set<AgencyName> linked =
        registry.parts().config().links().stream()
            .map(link -> new AgencyName(link.peer()))
            .collect(Collectors.toUnmodifiableSet());
    Transfer transfer = new Transfer(new AttachmentSupply(parts, System::nanoTime));
    registry.draft(new AttachmentDrafts(parts, uploads, linked));
    registry.transfer(transfer);
    registry.whenBuilt(path -> built(registry, parts, uploads, transfer, linked, path));
  }

  private static void built(
      Registry registry,
      AttachmentParts parts,
      Uploads uploads,
      Transfer transfer,
      Set<AgencyName> linked,
      MessagePath path) {
    PeerLinks links = path.administration().links();
    AttachmentFetches fetches = new AttachmentFetches(parts, links, linked, System::nanoTime);
    transfer.links = links;
    transfer.fetches = fetches;
    AttachmentReadings readings = new AttachmentReadings(parts, fetches, System::nanoTime);
    AttachmentSweep sweep = new AttachmentSweep(parts, fetches, uploads);
    registry.every(Duration.ofSeconds(1), "attachments to fetch", fetches::round);
    registry.every(Duration.ofMinutes(1), "attachments that are over", sweep::round);
    registry.every(Duration.ofHours(1), "attachments without a record", sweep::orphans);
    registry.offer(
        context -> new AttachmentsService(new AttachmentsService.Calls(uploads, readings)));
  }

  /** Frames of neighbours; the links exist only once the path is built. */
  private static final class Transfer implements AttachmentTransfer {
    private final AttachmentSupply supply;
    private volatile @Nullable PeerLinks links;
    private volatile @Nullable AttachmentFetches fetches;

    Transfer(AttachmentSupply supply) {
      this.supply = supply;
    }

    @Override
    public void requested(AgencyName neighbour, AttachmentRequest request) {
      PeerLinks to = links;
      if (to != null) {
        // If the queue is full, the neighbour asks again.
        supply.answer(neighbour, request).ifPresent(part -> to.send(neighbour, part));
      }
    }

    @Override
    public void received(AgencyName neighbour, AttachmentPart part) {
      AttachmentFetches taking = fetches;
      if (taking != null) {
        taking.received(neighbour, part);
      }
    }
  }
}
