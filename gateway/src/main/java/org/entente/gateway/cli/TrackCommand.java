package org.entente.gateway.cli;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import picocli.CommandLine.Command;

/** What became of a message. */
@Command(
    name = "track",
    description = {
      "Shows what became of a message of this agency.",
      "Accepted, delivered, retrieved, refused, erased: by whom and when. The client needs the scope `evidence`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer =
        "  entente track 0197…3f --gateway 127.0.0.1:7441 --credentials fr.customs/clients/supervisor")
final class TrackCommand extends MessageCall {
  @Override
  int with(ManagedChannel channel) {
    TrackResponse known =
        EvidenceGrpc.newBlockingStub(channel)
            .track(TrackRequest.newBuilder().setMessageId(id()).build());
    if (known.hasHeld()) {
      out()
          .println(
              "waits for release until "
                  + Timestamps.toString(known.getHeld().getUntil())
                  + ": "
                  + Screen.printable(known.getHeld().getReason()));
    }
    known.getItemsList().forEach(item -> out().println(line(item)));
    return 0;
  }

  private static String line(EvidenceItem item) {
    StringBuilder line =
        new StringBuilder(
            "%s  %-22s by %-12s"
                .formatted(
                    Timestamps.toString(item.getAt()),
                    item.getKind().name().replace("EVIDENCE_KIND_", ""),
                    item.getAgency()));
    if (!item.getCode().isEmpty()) {
      line.append("  ").append(Screen.printable(item.getCode() + ": " + item.getReason()));
    }
    if (!item.getRetrievedBy().isEmpty()) {
      line.append("  retrieved before by ")
          .append(Screen.printable(item.getRetrievedBy()))
          .append(" at ")
          .append(Timestamps.toString(item.getRetrievedAt()));
    }
    return line.toString();
  }
}
