package org.entente.gateway.cli.message;

import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.OfficerOptions;
import org.entente.gateway.cli.text.MessageText;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RetentionGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Recalls a message of this agency. */
@Command(
    name = "recall",
    description = {
      "Recalls a message from all its recipients.",
      "Their gateways destroy it, refuse it if it arrives later, and answer with evidence that"
          + " `track`",
      "shows. The client needs the scope `recall`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente recall 0197…3f --reason 'the goods were genuine' --officer FR-118 \\",
      "    --justification 'laboratory report 7/26' \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/supervisor"
    })
public final class RecallCommand extends MessageCall {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "why, in words that the recipients read")
  private String reason = "";

  @Option(
      names = "--justification",
      paramLabel = "TEXT",
      description =
          "why, for the agency's own record; not sent. Required if an agreement demands it")
  private String justification = "";

  @Mixin private OfficerOptions person = new OfficerOptions();

  @Override
  public void with(ManagedChannel channel) {
    RecallResponse sent =
        RetentionGrpc.newBlockingStub(channel)
            .recall(
                RecallRequest.newBuilder()
                    .setMessageId(id())
                    .setReason(reason)
                    .setOnBehalfOf(person.because(justification))
                    .build());
    tell(
        sent,
        "recall %s sent to %s"
            .formatted(
                MessageText.hex(sent.getRecallId()), String.join(", ", sent.getRecipientsList())));
  }
}
