package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.RecipientTable;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.FollowRequest;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TakenBack;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the progress of a message. */
@Command(
    name = "track",
    description = {
      "Shows the progress of a message of this agency.",
      "First lists the evidence (accepted, taken by a transit, delivered, retrieved, refused,"
          + " erased), by whom and when, in the order in which the gateway learned it. Then a table"
          + " shows the status at each recipient. For a recalled message the table shows who"
          + " destroyed it and when, who had opened it before, and who has been unreachable since."
          + " The client needs the scope `evidence`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente track 0197…3f --gateway 127.0.0.1:7441 --credentials"
          + " fr.customs/clients/supervisor",
      "  entente track 0197…3f --follow --gateway … --credentials …"
    })
public final class TrackCommand extends MessageCall {
  @Option(
      names = "--follow",
      description = "continue with new evidence until no recipient is expected to add any")
  private boolean follow;

  private final Set<EvidenceItem> items = new LinkedHashSet<>();
  private @Nullable Held held;

  @Override
  public void with(ManagedChannel channel) {
    if (follow) {
      follow(channel, () -> "item " + (items.size() + 1), this::follow);
      return;
    }
    TrackResponse known =
        EvidenceGrpc.newBlockingStub(channel)
            .track(TrackRequest.newBuilder().setMessageId(id()).build());
    if (json()) {
      tell(known);
      return;
    }
    if (known.hasHeld()) {
      print(line(known.getHeld()));
    }
    speed(known).ifPresent(out()::println);
    known.getItemsList().forEach(item -> print(line(item)));
    print(known.getItemsList(), known.getTakenBack(), known.getRecipientsList());
  }

  /** Lane and STANAG 4406 precedence of the message; empty if unknown. */
  public static Optional<String> speed(TrackResponse known) {
    return known.getLaneValue() == 0
        ? Optional.empty()
        : Optional.of(
            "sent in lane "
                + EnumNames.word(known.getLane())
                + ", "
                + MessageText.precedence(
                    Label.newBuilder()
                        .setLaneValue(known.getLaneValue())
                        .setPrecedenceValue(known.getPrecedenceValue())
                        .build()));
  }

  /** Each call begins with all known evidence. */
  private void follow(Channel channel) {
    Iterator<FollowResponse> steps =
        EvidenceGrpc.newBlockingStub(channel)
            .follow(FollowRequest.newBuilder().setMessageId(id()).build());
    while (steps.hasNext()) {
      FollowResponse step = steps.next();
      switch (step.getStepCase()) {
        case ITEM -> {
          if (items.add(step.getItem())) {
            tell(step, line(step.getItem()));
          }
        }
        case HELD -> {
          if (!step.getHeld().equals(held)) {
            held = step.getHeld();
            tell(step, line(held));
          }
        }
        case SETTLED -> {
          if (json()) {
            tell(step);
          } else {
            print(
                List.copyOf(items),
                step.getSettled().getTakenBack(),
                step.getSettled().getRecipientsList());
          }
        }
        case STEP_NOT_SET -> {
          // A newer gateway may send items that this release does not know.
        }
      }
      out().flush();
    }
  }

  private static String line(Held held) {
    return "held for release until "
        + Timestamps.toString(held.getUntil())
        + ": "
        + held.getReason();
  }

  private void print(
      List<EvidenceItem> items, TakenBack takenBack, List<RecipientProgress> recipients) {
    if (!takenBack.getRecallId().isEmpty()) {
      out()
          .println(
              "recalled at "
                  + Timestamps.toString(takenBack.getAt())
                  + " by recall "
                  + MessageText.hex(takenBack.getRecallId()));
    }
    new RecipientTable(items, takenBack, Instant.now()).lines(recipients).forEach(out()::println);
  }

  private static String line(EvidenceItem item) {
    StringBuilder line =
        new StringBuilder(
            "%s  %-22s by %-12s"
                .formatted(
                    Timestamps.toString(item.getAt()),
                    EnumNames.word(item.getKind()),
                    TerminalText.printable(item.getAgency())));
    if (!item.getRecipient().isEmpty() && !item.getRecipient().equals(item.getAgency())) {
      line.append(" for ").append(TerminalText.printable(item.getRecipient()));
    }
    if (item.getTimeOut()) {
      line.append("  by time-out");
    }
    if (!item.getCode().isEmpty()) {
      line.append("  ").append(TerminalText.printable(item.getCode() + ": " + item.getReason()));
    }
    retrieved(line, item);
    if (item.getKind() == EvidenceKind.EVIDENCE_KIND_PASSED_ON) {
      line.append("  to ")
          .append(TerminalText.printable(String.join(", ", item.getPassedOnToList())))
          .append(" as ")
          .append(MessageText.hex(item.getPassedOnAs()))
          .append(
              EvidenceRecords.isUnderConsent(item)
                  ? " under consent " + MessageText.hex(item.getConsentId())
                  : " without need of a consent");
    }
    return line.toString();
  }

  private static void retrieved(StringBuilder line, EvidenceItem item) {
    if (!item.getRetrievedBy().isEmpty()) {
      boolean before = item.hasRetrievedAt();
      line.append(before ? "  retrieved before by " : "  client ")
          .append(TerminalText.printable(item.getRetrievedBy()))
          .append(before ? " at " + Timestamps.toString(item.getRetrievedAt()) : "")
          .append(
              item.getAlsoRetrievedByCount() == 0
                  ? ""
                  : ", then by "
                      + TerminalText.printable(String.join(", ", item.getAlsoRetrievedByList())));
    }
    if (item.getAlsoRetrievedMore() > 0) {
      line.append(", and ").append(item.getAlsoRetrievedMore()).append(" more that are not named");
    }
    if (item.getAttestedMachines() > 0) {
      line.append("  attested for ")
          .append(item.getAttestedMachines())
          .append(" former machine(s)");
    }
  }
}
