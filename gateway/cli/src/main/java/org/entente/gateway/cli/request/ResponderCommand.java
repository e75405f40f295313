package org.entente.gateway.cli.request;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ListRespondersRequest;
import org.entente.proto.v1.Matching;
import org.entente.proto.v1.OwnResponder;
import org.entente.proto.v1.RegisterResponderRequest;
import org.entente.proto.v1.RegisterResponderResponse;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderStatus;
import org.entente.proto.v1.WithdrawResponderRequest;
import org.entente.proto.v1.WithdrawResponderResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Registers, lists and withdraws responders. */
@Command(
    name = "responder",
    description = {
      "Registers systems of this agency that answer requests, with their response times.",
      "Agencies that may send requests learn of them. The systems' data stay where they are. The"
          + " client needs the scope `respond`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ResponderCommand.Register.class,
      ResponderCommand.ListOwn.class,
      ResponderCommand.Withdraw.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente responder register seizures --category IPR --category EXCISE --within 60 \\",
      "      --matching EXACT --data-age 1440 --description 'seizures since 2019' \\",
      "      --officer DE-3 --justification 'service agreed 4/26' --gateway … --credentials …"
    })
public final class ResponderCommand {

  /** Adds the columns that describe a responder. */
  static <T> Columns<T> described(Columns<T> columns, Function<T, Responder> responder) {
    return columns
        .with("responder", one -> responder.apply(one).getName())
        .with("categories", one -> categories(responder.apply(one)))
        .with("answers within", one -> responder.apply(one).getAnswersWithinMinutes() + " min")
        .with("matching", one -> EnumNames.word(responder.apply(one).getMatching()))
        .with("data age", one -> responder.apply(one).getDataAgeMinutes() + " min")
        .with("subjects", one -> String.valueOf(responder.apply(one).getSubjectsPerRequest()))
        .with("status", one -> EnumNames.word(responder.apply(one).getStatus()))
        .with("description", one -> responder.apply(one).getDescription());
  }

  private static String categories(Responder responder) {
    return responder.getCategoriesList().stream()
        .map(EnumNames::word)
        .collect(Collectors.joining(", "));
  }

  /** Registers a responder. */
  @Command(
      name = "register",
      description = "Registers a responder, or changes one that this client registered.",
      mixinStandardHelpOptions = true)
  static final class Register extends ClientCall {
    @Parameters(paramLabel = "NAME", description = "its name: a-z 0-9 and -")
    private String name = "";

    @Option(
        names = "--category",
        required = true,
        paramLabel = "NAME",
        description = "category that it answers, such as IPR; may be repeated")
    private List<Category> categories = List.of();

    @RequestField("responder.answers_within_minutes")
    @Option(
        names = "--within",
        required = true,
        paramLabel = "MINUTES",
        description = "expected response time, 1 to 43200")
    private int within;

    @Option(
        names = "--matching",
        required = true,
        description = "EXACT: identical identifiers only; BEST_EFFORT: also near matches")
    private Matching matching = Matching.MATCHING_UNSPECIFIED;

    @RequestField("responder.data_age_minutes")
    @Option(
        names = "--data-age",
        paramLabel = "MINUTES",
        description = "greatest age of its data; 0 if not stated (default: 0)")
    private int dataAge;

    @RequestField("responder.subjects_per_request")
    @Option(
        names = "--subjects",
        defaultValue = "1",
        description = "most subjects in one request, 1 to 256 (default: ${DEFAULT-VALUE})")
    private int subjects = 1;

    @Option(
        names = "--status",
        defaultValue = "AVAILABLE",
        description = "AVAILABLE, DEGRADED or UNAVAILABLE (default: ${DEFAULT-VALUE})")
    private ResponderStatus status = ResponderStatus.RESPONDER_STATUS_AVAILABLE;

    @Option(names = "--description", description = "description of its data, one line")
    private String description = "";

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      Responder.Builder responder =
          Responder.newBuilder()
              .setName(name)
              .setDescription(description)
              .setAnswersWithinMinutes(within)
              .setMatching(matching)
              .setDataAgeMinutes(dataAge)
              .setSubjectsPerRequest(subjects)
              .setStatus(status);
      responder.addAllCategories(categories);
      RequestsGrpc.RequestsBlockingStub calls = RequestsGrpc.newBlockingStub(channel);
      RegisterResponderResponse registered =
          calls.registerResponder(
              RegisterResponderRequest.newBuilder()
                  .setResponder(responder)
                  .setOnBehalfOf(person.named())
                  .build());
      tell(registered, name + " registered");
    }
  }

  /** Lists this agency's responders. */
  @Command(
      name = "list",
      description = "Lists the responders of this agency.",
      mixinStandardHelpOptions = true)
  static final class ListOwn extends ClientCall {
    private static final Columns<OwnResponder> RESPONDERS =
        described(Columns.<OwnResponder>of("responder", "responders"), OwnResponder::getResponder)
            .with("client", OwnResponder::getClient)
            .with("since", one -> Timestamps.toString(one.getSince()));

    @Override
    public void with(ManagedChannel channel) {
      list(
          RESPONDERS,
          RequestsGrpc.newBlockingStub(channel)
              .listResponders(ListRespondersRequest.getDefaultInstance())
              .getRespondersList());
    }
  }

  /** Withdraws a responder. */
  @Command(
      name = "withdraw",
      description = "Withdraws a responder that this client registered.",
      mixinStandardHelpOptions = true)
  static final class Withdraw extends ClientCall {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      WithdrawResponderResponse withdrawn =
          RequestsGrpc.newBlockingStub(channel)
              .withdrawResponder(
                  WithdrawResponderRequest.newBuilder()
                      .setName(name)
                      .setOnBehalfOf(person.named())
                      .build());
      tell(withdrawn, name + " withdrawn");
    }
  }
}
