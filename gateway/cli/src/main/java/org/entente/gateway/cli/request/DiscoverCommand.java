package org.entente.gateway.cli.request;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
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
  private static final Columns<DiscoveredResponder> RESPONDERS =
      ResponderCommand.described(
              Columns.<DiscoveredResponder>of("responder", "responders")
                  .with("agency", DiscoveredResponder::getAgency),
              DiscoveredResponder::getResponder)
          .with("stated", one -> Timestamps.toString(one.getSaidAt()));

  @Option(
      names = "--category",
      paramLabel = "NAME",
      description = "category of the request, such as IPR; may be repeated")
  private List<Category> categories = List.of();

  @Option(names = "--agency", description = "only responders of this agency")
  private String agency = "";

  @Override
  public void with(ManagedChannel channel) {
    DiscoverRequest.Builder request = DiscoverRequest.newBuilder().setAgency(agency);
    request.addAllCategories(categories);
    list(
        RESPONDERS,
        RequestsGrpc.newBlockingStub(channel).discover(request.build()).getRespondersList());
  }
}
