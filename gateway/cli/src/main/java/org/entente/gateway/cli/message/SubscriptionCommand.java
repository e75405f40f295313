package org.entente.gateway.cli.message;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.FilterOptions;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.CreateSubscriptionResponse;
import org.entente.proto.v1.DeadLetter;
import org.entente.proto.v1.DeleteSubscriptionRequest;
import org.entente.proto.v1.DeleteSubscriptionResponse;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.ListDeadLettersRequest;
import org.entente.proto.v1.ListSubscriptionsRequest;
import org.entente.proto.v1.ListSubscriptionsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.SettleDeadLettersRequest;
import org.entente.proto.v1.SettleDeadLettersResponse;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.entente.proto.v1.SubscriptionState;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates, lists and deletes durable subscriptions, and settles their dead letters. */
@Command(
    name = "subscription",
    description = {
      "Creates, lists, shows and deletes durable subscriptions; settles the dead letters of shared"
          + " ones.",
      "The client needs the scope `subscribe`; to list or delete those of other clients,"
          + " `operator`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      SubscriptionCommand.Create.class,
      SubscriptionCommand.ListAll.class,
      SubscriptionCommand.Show.class,
      SubscriptionCommand.Delete.class,
      SubscriptionCommand.DeadLetters.class,
      SubscriptionCommand.Redrive.class,
      SubscriptionCommand.Discard.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente subscription create cases --shared --condition"
          + " 'label.case_ref.startsWith(\"DE-\")' \\",
      "    --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "  entente subscription list --gateway 127.0.0.1:7442 --credentials"
          + " de.customs/clients/operator",
      "  entente subscription delete night-shift --client desk --officer DE-3 \\",
      "    --justification 'not used any more' --gateway … --credentials …"
    })
public final class SubscriptionCommand {
  /** What the gateway makes of a setting that is 0. */
  private static final int LEASE_SECONDS = 60;

  private static final int MAX_DELIVERIES = 5;

  /** Creates or changes a subscription. */
  @Command(
      name = "create",
      description = {
        "Creates a subscription of this client, or changes its settings.",
        "An exclusive subscription has one stream, which receives messages in order; a new stream"
            + " takes over. The streams of a shared subscription compete.",
        "A new subscription starts at the oldest stored message; an existing one keeps its"
            + " position. --from, --since or --skip-stored sets another position."
      },
      mixinStandardHelpOptions = true)
  static final class Create extends ClientCall {
    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = "name of the subscription: 1 to 64 characters of a-z 0-9 . _ -")
    private String name = "";

    @Mixin private FilterOptions filter = new FilterOptions();

    @Option(
        names = "--lane",
        description =
            "only messages of this lane: FLASH, IMMEDIATE, PRIORITY or ROUTINE; may be repeated")
    private List<Lane> lanes = List.of();

    @Option(
        names = "--condition",
        paramLabel = "CEL",
        description =
            "only messages for whose label this expression is true, such as"
                + " 'label.case_ref.startsWith(\"DE-\")'; conditions of agreements have the same"
                + " form")
    private String condition = "";

    @RequestField("settings.kind")
    @Option(names = "--shared", description = "its streams compete for messages")
    private boolean shared;

    @Option(
        names = "--lease-seconds",
        paramLabel = "SECONDS",
        description =
            "with --shared: time in which a stream must acknowledge a message, 1 to 3600 (default: "
                + LEASE_SECONDS
                + ")")
    private int leaseSeconds;

    @Option(
        names = "--max-deliveries",
        paramLabel = "N",
        description =
            "with --shared: deliveries until a message is a dead letter, 1 to 100 (default: "
                + MAX_DELIVERIES
                + ")")
    private int maxDeliveries;

    @RequestField("from_position")
    @Option(
        names = "--from",
        paramLabel = "POSITION",
        description = "start at this position of the ledger, which `tail` prints with each message")
    private @Nullable Long from;

    @RequestField("from_time")
    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "start at the first message received at this time or later")
    private @Nullable Timestamp since;

    @RequestField("from_now")
    @Option(names = "--skip-stored", description = "start after the last stored message")
    private boolean skipStored;

    @Override
    public void with(ManagedChannel channel) {
      CreateSubscriptionResponse created =
          SubscriptionsGrpc.newBlockingStub(channel).createSubscription(request());
      tell(
          created,
          "%s subscription %s at position %d"
              .formatted(
                  created.getCreated() ? "created" : "changed", name, created.getNextPosition()));
    }

    private CreateSubscriptionRequest request() {
      if ((from == null ? 0 : 1) + (since == null ? 0 : 1) + (skipStored ? 1 : 0) > 1) {
        throw new UsageError("--from, --since, --skip-stored: only one of them can be given");
      }
      SubscriptionSettings.Builder settings =
          SubscriptionSettings.newBuilder()
              .setFilter(filter.filter().addAllLanes(lanes))
              .setCondition(condition)
              .setLeaseSeconds(leaseSeconds)
              .setMaxDeliveries(maxDeliveries)
              .setKind(
                  shared
                      ? SubscriptionKind.SUBSCRIPTION_KIND_SHARED
                      : SubscriptionKind.SUBSCRIPTION_KIND_EXCLUSIVE);
      CreateSubscriptionRequest.Builder request =
          CreateSubscriptionRequest.newBuilder().setName(name).setSettings(settings);
      if (from != null) {
        request.setFromPosition(from);
      } else if (since != null) {
        request.setFromTime(since);
      } else if (skipStored) {
        request.setFromNow(true);
      }
      return request.build();
    }
  }

  /** Lists the durable subscriptions. */
  @Command(
      name = "list",
      description = {
        "Lists the durable subscriptions by client and name: those of this client, with the scope",
        "`operator` those of all. Shows how many streams hold each, the position of the oldest",
        "unacknowledged message, how many messages are unacknowledged, when this gateway received"
            + " the",
        "oldest of them, and how many dead letters wait. The headline names the ledger's last"
            + " position."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    @Option(
        names = "--client",
        paramLabel = "CLIENT",
        description = "only subscriptions of this client")
    private String client = "";

    private static final Columns<SubscriptionState> SUBSCRIPTIONS =
        Columns.<SubscriptionState>of("subscription", "subscriptions")
            .with("client", SubscriptionState::getClient)
            .with("name", SubscriptionState::getName)
            .with("kind", ListAll::kind)
            .with("streams", one -> Integer.toString(one.getStreams()))
            .with("next position", one -> Long.toString(one.getNextPosition()))
            .with("messages behind", ListAll::behind)
            .with(
                "oldest received",
                one ->
                    one.hasOldestReceivedAt() ? Timestamps.toString(one.getOldestReceivedAt()) : "")
            .with("dead letters", one -> Integer.toString(one.getDeadLetters()))
            .with("condition", one -> one.getSettings().getCondition());

    @Override
    public void with(ManagedChannel channel) {
      ListSubscriptionsResponse listed =
          SubscriptionsGrpc.newBlockingStub(channel)
              .listSubscriptions(ListSubscriptionsRequest.newBuilder().setClient(client).build());
      Listing<SubscriptionState> list = listing(SUBSCRIPTIONS);
      listed.getSubscriptionsList().forEach(list::add);
      list.end("last position " + listed.getLastPosition());
      if (listed.getMore()) {
        err().println("there are more; select with --client");
      }
    }

    private static String kind(SubscriptionState one) {
      return one.getSettings().getKind() == SubscriptionKind.SUBSCRIPTION_KIND_SHARED
          ? "shared"
          : "exclusive";
    }

    private static String behind(SubscriptionState one) {
      return (one.getMoreBehind() ? "more than " : "") + one.getMessagesBehind();
    }
  }

  /** Shows one subscription. */
  @Command(
      name = "show",
      description = {
        "Shows one durable subscription of this client with all its settings: kind, filter,"
            + " condition,",
        "lease; how far behind it is, and how many streams hold it. With --client an operator shows"
            + " that of",
        "another client, without filter and condition."
      },
      mixinStandardHelpOptions = true)
  static final class Show extends ClientCall {
    @RequestField("name")
    @Parameters(index = "0", paramLabel = "SUBSCRIPTION", description = "name of the subscription")
    private String name = "";

    @Option(names = "--client", paramLabel = "CLIENT", description = "client that owns it")
    private String client = "";

    @Override
    public void with(ManagedChannel channel) {
      List<SubscriptionState> all =
          SubscriptionsGrpc.newBlockingStub(channel)
              .listSubscriptions(ListSubscriptionsRequest.newBuilder().setClient(client).build())
              .getSubscriptionsList();
      List<SubscriptionState> named =
          all.stream().filter(one -> one.getName().equals(name)).toList();
      if (named.size() != 1) {
        throw new CommandFailure(
            named.isEmpty()
                ? "there is no subscription \""
                    + TerminalText.printable(name)
                    + "\""
                    + NameSuggestion.behind(
                        name, all.stream().map(SubscriptionState::getName).toList())
                : "several clients have a subscription " + name + "; name one with --client");
      }
      tell(named.get(0), lines(named.get(0)).toArray(String[]::new));
    }

    static List<String> lines(SubscriptionState one) {
      SubscriptionSettings settings = one.getSettings();
      List<String> lines = new ArrayList<>();
      lines.add("subscription %s of client %s".formatted(one.getName(), one.getClient()));
      lines.add("kind          %s".formatted(ListAll.kind(one)));
      lines.add("streams       %d".formatted(one.getStreams()));
      lines.add("next position %d".formatted(one.getNextPosition()));
      lines.add("behind        %s messages".formatted(ListAll.behind(one)));
      if (one.hasOldestReceivedAt()) {
        lines.add(
            "oldest        received %s".formatted(Timestamps.toString(one.getOldestReceivedAt())));
      }
      if (settings.getKind() == SubscriptionKind.SUBSCRIPTION_KIND_SHARED) {
        lines.add("lease         %d s".formatted(or(settings.getLeaseSeconds(), LEASE_SECONDS)));
        lines.add(
            "dead letters  %d, after %d deliveries"
                .formatted(one.getDeadLetters(), or(settings.getMaxDeliveries(), MAX_DELIVERIES)));
      }
      if (!settings.getFilter().equals(Filter.getDefaultInstance())) {
        lines.add("filter        %s".formatted(JsonText.of(settings.getFilter())));
      }
      if (!settings.getCondition().isEmpty()) {
        lines.add("condition     %s".formatted(settings.getCondition()));
      }
      return lines;
    }

    /** A setting of 0 has its default. */
    private static int or(int setting, int usual) {
      return setting == 0 ? usual : setting;
    }
  }

  /** Deletes a subscription. */
  @Command(
      name = "delete",
      description = {
        "Deletes a subscription that no stream holds open, with its dead letters.",
        "It then no longer counts towards its client's limit. No message changes; a client that"
            + " opens it",
        "again receives all messages that are still kept. With --client an operator deletes that"
            + " of another",
        "client, which is recorded: --officer and --justification are then required."
      },
      mixinStandardHelpOptions = true)
  static final class Delete extends ClientCall {
    @RequestField("name")
    @Parameters(index = "0", paramLabel = "SUBSCRIPTION", description = "name of the subscription")
    private String name = "";

    @Option(names = "--client", paramLabel = "CLIENT", description = "client that owns it")
    private String client = "";

    @Option(
        names = "--officer",
        paramLabel = "REF",
        description = "with --client: the officer who decides, such as DE-3; recorded")
    private String officer = "";

    @Option(
        names = "--unit",
        paramLabel = "NAME",
        description = "with --client: the officer's unit; recorded")
    private String unit = "";

    @Option(
        names = "--justification",
        paramLabel = "TEXT",
        description = "with --client: why, such as 'not used any more'; recorded")
    private String justification = "";

    @Override
    public void with(ManagedChannel channel) {
      DeleteSubscriptionResponse deleted =
          SubscriptionsGrpc.newBlockingStub(channel)
              .deleteSubscription(
                  DeleteSubscriptionRequest.newBuilder()
                      .setClient(client)
                      .setName(name)
                      .setOnBehalfOf(
                          OnBehalfOf.newBuilder()
                              .setOfficer(officer)
                              .setUnit(unit)
                              .setJustification(justification))
                      .build());
      tell(
          deleted,
          "deleted subscription %s at position %d".formatted(name, deleted.getNextPosition()));
    }
  }

  /** Lists dead letters. */
  @Command(
      name = "dead-letters",
      description =
          "Lists the dead letters of a shared subscription: messages that too many deliveries left"
              + " unacknowledged.",
      mixinStandardHelpOptions = true)
  static final class DeadLetters extends ClientCall {
    @RequestField("name")
    @Parameters(index = "0", paramLabel = "SUBSCRIPTION", description = "name of the subscription")
    private String name = "";

    private static final Columns<DeadLetter> LETTERS =
        Columns.<DeadLetter>of("dead letter", "dead letters")
            .with("position", one -> Long.toString(one.getPosition()))
            .with("lane", one -> EnumNames.word(one.getLane()))
            .with("message", one -> HexFormat.of().formatHex(one.getMessageId().toByteArray()))
            .with("deliveries", one -> Integer.toString(one.getDeliveries()))
            .with("since", one -> Timestamps.toString(one.getSince()));

    @Override
    public void with(ManagedChannel channel) {
      Listing<DeadLetter> list = listing(LETTERS);
      SubscriptionsGrpc.newBlockingStub(channel)
          .listDeadLetters(ListDeadLettersRequest.newBuilder().setName(name).build())
          .getDeadLettersList()
          .forEach(list::add);
      list.end();
    }
  }

  /** Delivers dead letters again. */
  @Command(
      name = "redrive",
      description =
          "Delivers dead letters of a shared subscription again, as if for the first time.",
      mixinStandardHelpOptions = true)
  static final class Redrive extends ClientCall {
    @Mixin private ChosenLetters letters = new ChosenLetters();

    @Override
    public void with(ManagedChannel channel) {
      SettleDeadLettersResponse settled = letters.settle(channel, false);
      tell(settled, "dead letters to deliver again: " + settled.getSettled());
    }
  }

  /** Discards dead letters. */
  @Command(
      name = "discard",
      description = {
        "Discards dead letters of a shared subscription.",
        "The messages themselves stay: search and other subscriptions find them."
      },
      mixinStandardHelpOptions = true)
  static final class Discard extends ClientCall {
    @Mixin private ChosenLetters letters = new ChosenLetters();

    @Override
    public void with(ManagedChannel channel) {
      SettleDeadLettersResponse settled = letters.settle(channel, true);
      tell(settled, "dead letters discarded: " + settled.getSettled());
    }
  }

  /** Dead letters to decide on. */
  static final class ChosenLetters {
    @RequestField("name")
    @Parameters(index = "0", paramLabel = "SUBSCRIPTION", description = "name of the subscription")
    private String name = "";

    @Parameters(
        index = "1..*",
        paramLabel = "POSITION",
        description =
            "positions of one or more dead letters, as `subscription dead-letters` lists them"
                + " (default: all)")
    private List<Long> positions = List.of();

    SettleDeadLettersResponse settle(ManagedChannel channel, boolean discard) {
      return SubscriptionsGrpc.newBlockingStub(channel)
          .settleDeadLetters(
              SettleDeadLettersRequest.newBuilder()
                  .setName(name)
                  .addAllPositions(positions)
                  .setDiscard(discard)
                  .build());
    }
  }
}
