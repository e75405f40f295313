package org.entente.gateway.cli.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.proto.v1.EraseRequest;
import org.entente.proto.v1.EraseResponse;
import org.entente.proto.v1.RetentionGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Erases one received message. */
@Command(
    name = "erase",
    description = {
      "Erases one received message permanently.",
      "Destroys its key, which also makes it unreadable in older copies of the ledger. A message"
          + " under legal hold is not erased. The client needs the scope `retention`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente erase 0197…3f --officer DE-7 --justification 'art. 16(2), request 41/26' \\",
      "    --gateway 127.0.0.1:7442 --credentials de.customs/clients/records"
    })
public final class EraseCommand extends MessageCall {

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void with(ManagedChannel channel) {
    EraseResponse erased =
        RetentionGrpc.newBlockingStub(channel)
            .erase(
                EraseRequest.newBuilder().setMessageId(id()).setOnBehalfOf(person.named()).build());
    tell(erased, "erased at " + Timestamps.toString(erased.getErasedAt()));
  }
}
