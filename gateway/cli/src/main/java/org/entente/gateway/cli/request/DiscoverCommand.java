package org.entente.gateway.cli.request;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.DiscoveredResponder;
import org.entente.proto.v1.RequestsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the responders that this agency may query. */
@Command(
    name = "discover",
    description = {
      "Lists responders of other agencies to which the agreements of both allow requests.",
      "The client needs the scope `publish`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente discover --category IPR --gateway 127.0.0.1:7441 \\",
      "      --credentials fr.customs/clients/declarations"
    })
public final class DiscoverCommand extends ClientCall {
  @Option(
      names = "--category",
      paramLabel = "NAME",
      description = "category of the request, such as IPR; may be repeated")
  private List<Category> categories = List.of();

  @Option(names = "--agency", description = "only responders of this agency")
  private String agency = "";

  @Option(names = "--json", description = "print one JSON object per line")
  private boolean json;

  @Override
  public void with(ManagedChannel channel) {
    DiscoverRequest.Builder request = DiscoverRequest.newBuilder().setAgency(agency);
    request.addAllCategories(categories);
    List<DiscoveredResponder> found =
        RequestsGrpc.newBlockingStub(channel).discover(request.build()).getRespondersList();
    found.forEach(one -> out().println(json ? JsonText.of(one) : line(one)));
    if (found.isEmpty()) {
      err().println("no responder is known to which a request is allowed");
    }
  }

  private static String line(DiscoveredResponder one) {
    return TerminalText.printable(
        "%-12s %s  said %s"
            .formatted(
                one.getAgency(),
                ResponderCommand.line(one.getResponder()),
                Timestamps.toString(one.getSaidAt())));
  }
}
