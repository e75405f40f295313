package org.entente.gateway.cli.message;

import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.MessageText;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RetentionGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes a message of the agency back. */
@Command(
    name = "recall",
    description = {
      "Takes a message back from all it was sent to.",
      "Their gateways destroy it, refuse it if it comes later, and answer with evidence that `track` shows. The client needs the scope `recall`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente recall 0197…3f --reason 'the goods were genuine' --officer FR-118 \\",
      "    --justification 'laboratory report 7/26' \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/supervisor"
    })
public final class RecallCommand extends MessageCall {
  @Option(names = "--reason", required = true, description = "why; told to the recipients")
  private String reason = "";

  @Option(
      names = "--justification",
      description =
          "why, for the own record; not told. Required where an agreement asks who acts and why")
  private String justification = "";

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public int with(ManagedChannel channel) {
    RecallResponse sent =
        RetentionGrpc.newBlockingStub(channel)
            .recall(
                RecallRequest.newBuilder()
                    .setMessageId(id())
                    .setReason(reason)
                    .setOnBehalfOf(person.because(justification))
                    .build());
    out()
        .println(
            "recall " + MessageText.hex(sent.getRecallId()) + " to " + sent.getRecipientsList());
    return 0;
  }
}
