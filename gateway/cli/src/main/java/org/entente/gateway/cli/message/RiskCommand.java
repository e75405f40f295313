package org.entente.gateway.cli.message;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.FilterOptions;
import org.entente.gateway.cli.call.ListOptions;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.ScoreText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.RiskIndicator;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreMessageResponse;
import org.entente.proto.v1.ScoreTerms;
import org.entente.proto.v1.ScoredMessage;
import org.entente.proto.v1.ShowScoresRequest;
import org.entente.proto.v1.ShowScoresResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Submits, lists, shows and follows risk scores of received messages. */
@Command(
    name = "risk",
    description = {
      "Submits and shows risk scores of received messages, made by a model or a person.",
      "Scores stay in the agency and are erased with their message."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      RiskCommand.ScoreOne.class,
      RiskCommand.ListScores.class,
      RiskCommand.Show.class,
      RiskCommand.Follow.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente risk score MESSAGE --score 87.5 --model ports --model-version 3.1 --automated \\",
      "      --indicator 'X_ROUTE:400:three ports in five days' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/risk-engine",
      "  entente risk list --minimum 70 --officer FR-12 --justification 'targeting' --gateway …"
          + " --credentials …"
    })
public final class RiskCommand {
  private static final Columns<Score> SCORES =
      Columns.<Score>of("score", "scores")
          .with("number", one -> Long.toString(one.getNumber()))
          .with("score", RiskCommand::score)
          .with("model", one -> one.getModel() + " " + one.getModelVersion() + " " + author(one))
          .with("made", one -> Timestamps.toString(one.getScoredAt()))
          .with("", one -> one.getSuperseded() ? "(superseded)" : "");

  private static final Columns<ScoredMessage> SCORED =
      Columns.<ScoredMessage>of("score", "scores")
          .with("number", one -> Long.toString(one.getScore().getNumber()))
          .with("score", one -> score(one.getScore()))
          .with(
              "model",
              one ->
                  one.getScore().getModel()
                      + " "
                      + one.getScore().getModelVersion()
                      + " "
                      + author(one.getScore()))
          .with("made", one -> Timestamps.toString(one.getScore().getScoredAt()))
          .with("message", one -> MessageText.hex(one.getMessage().getMessageId()))
          .with("from", one -> one.getMessage().getLabel().getOrigin())
          .with("kind", one -> EnumNames.word(one.getMessage().getLabel().getKind()))
          .with("category", one -> MessageText.category(one.getMessage().getLabel()))
          .with("case", one -> one.getMessage().getLabel().getCaseRef())
          .with("notes", one -> FoundMessageText.notes(one.getMessage()));

  /** The score with its band, as in {@code 87.5 HIGH}. */
  private static String score(Score score) {
    return "%5s %s".formatted(ScoreText.of(score.getPerMille()), score.getBand());
  }

  /** Submits a score. */
  @Command(
      name = "score",
      description = {
        "Submits a risk score for a received message.",
        "Repeating the same score changes nothing; a different score by the same client and model"
            + " is a",
        "further version. The client needs the scope `score`."
      },
      mixinStandardHelpOptions = true)
  static final class ScoreOne extends MessageCall {
    @RequestField("per_mille")
    @Option(
        names = "--score",
        required = true,
        paramLabel = "SCORE",
        description = "0 to 100, with one decimal at most")
    private String score = "";

    @Option(names = "--model", required = true, description = "model that made the score")
    private String model = "";

    @Option(names = "--model-version", required = true, description = "version of the model")
    private String modelVersion = "";

    @Option(
        names = "--indicator",
        paramLabel = "CODE[:WEIGHT[:TEXT]]",
        description =
            "indicator of the score, with its weight in thousandths (-1000 to 1000) and the"
                + " observation, as in ROUTE:300:'port unusual for shoes'; may be repeated")
    private List<String> indicators = List.of();

    @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
    private boolean exercise;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Author author = new Author();

    /** Who is responsible for a score. */
    static final class Author {
      @Option(
          names = "--automated",
          required = true,
          description = "no person took part in the score")
      private boolean automated;

      @ArgGroup(exclusive = false)
      private @Nullable PersonOptions person;
    }

    @Override
    public void with(ManagedChannel channel) {
      ScoreMessageRequest.Builder request =
          ScoreMessageRequest.newBuilder()
              .setMessageId(id())
              .setExercise(exercise)
              .setPerMille(ScoreText.perMille("--score", score))
              .setModel(model)
              .setModelVersion(modelVersion)
              .setAutomated(author.automated);
      for (String indicator : indicators) {
        request.addIndicators(ScoreText.indicator(indicator));
      }
      PersonOptions person = author.person;
      if (person != null) {
        request.setOnBehalfOf(person.named());
      }
      ScoreMessageResponse kept = RiskGrpc.newBlockingStub(channel).scoreMessage(request.build());
      tell(kept, SCORES.line(kept.getScore()) + (kept.getUnchanged() ? "  (unchanged)" : ""));
    }
  }

  /** Options that select scores. */
  static final class Terms {
    @RequestField("terms.minimum_per_mille")
    @Option(
        names = "--minimum",
        defaultValue = "0",
        paramLabel = "SCORE",
        description = "lowest score to show, 0 to 100 (default: ${DEFAULT-VALUE})")
    private String minimum = "0";

    @Option(names = "--model", description = "only scores of this model; may be repeated")
    private List<String> models = List.of();

    @Mixin private FilterOptions filter = new FilterOptions();

    ScoreTerms terms() {
      return ScoreTerms.newBuilder()
          .setMinimumPerMille(ScoreText.perMille("--minimum", minimum))
          .addAllModels(models)
          .setFilter(filter.filter())
          .build();
    }
  }

  /** Lists scores. */
  @Command(
      name = "list",
      description = {
        "Lists the latest score by each client and model, newest first, with labels.",
        "Shows no content; `open` shows a message. The audit log records each page that shows a"
            + " score.",
        "The client needs the scope `search`."
      },
      mixinStandardHelpOptions = true)
  static final class ListScores extends ClientCall {
    @Mixin private Terms terms = new Terms();

    @RequestField("scored_from")
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "made at or after this day or time")
    private @Nullable Timestamp from;

    @RequestField("scored_to")
    @Option(names = "--to", paramLabel = "TIME", description = "made before this day or time")
    private @Nullable Timestamp to;

    @Mixin private ListOptions list = new ListOptions();

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      ListScoresRequest.Builder request =
          ListScoresRequest.newBuilder().setTerms(terms.terms()).setOnBehalfOf(person.named());
      if (from != null) {
        request.setScoredFrom(from);
      }
      if (to != null) {
        request.setScoredTo(to);
      }
      RiskGrpc.RiskBlockingStub calls = RiskGrpc.newBlockingStub(channel);
      var unused =
          list.print(
              this,
              SCORED,
              (token, size) ->
                  calls.listScores(request.setPageToken(token).setPageSize(size).build()),
              ListScoresResponse::getScoresList,
              ListScoresResponse::getNextPageToken);
    }
  }

  /** Shows the scores of one message. */
  @Command(
      name = "show",
      description = {
        "Shows the scores of one message with their indicators, newest first.",
        "The audit log records the consultation. The client needs the scope `search`."
      },
      mixinStandardHelpOptions = true)
  static final class Show extends MessageCall {
    @Option(names = "--history", description = "also earlier versions that are still kept")
    private boolean history;

    @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
    private boolean exercise;

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      ShowScoresResponse shown =
          RiskGrpc.newBlockingStub(channel)
              .showScores(
                  ShowScoresRequest.newBuilder()
                      .setMessageId(id())
                      .setHistory(history)
                      .setExercise(exercise)
                      .setOnBehalfOf(person.named())
                      .build());
      List<String> lines = new ArrayList<>();
      lines.add(FoundMessageText.line(shown.getMessage()));
      for (Score score : shown.getScoresList()) {
        lines.add(SCORES.line(score));
        score.getIndicatorsList().forEach(it -> lines.add("    " + line(it)));
      }
      tell(shown, lines.toArray(String[]::new));
      if (shown.getScoresCount() == 0) {
        err().println("no scores");
      }
    }
  }

  /** Follows new scores. */
  @Command(
      name = "follow",
      description = {
        "Prints scores as they are made, until interrupted.",
        "The audit log records what was shown. The client needs the scope `search`."
      },
      mixinStandardHelpOptions = true)
  static final class Follow extends ClientCall {
    @Mixin private Terms terms = new Terms();

    @Option(
        names = "--after",
        paramLabel = "NUMBER",
        description = "first print kept scores with a greater number; 0 for all (default: none)")
    private @Nullable Long after;

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      FollowScoresRequest.Builder request =
          FollowScoresRequest.newBuilder().setTerms(terms.terms()).setOnBehalfOf(person.named());
      if (after != null) {
        request.setAfter(after);
      }
      follow(channel, () -> "number " + (request.getAfter() + 1), calls -> follow(calls, request));
    }

    private void follow(Channel channel, FollowScoresRequest.Builder request) {
      RiskGrpc.newBlockingStub(channel)
          .followScores(request.build())
          .forEachRemaining(
              page -> {
                page.getScoresList().forEach(it -> tell(it, SCORED.line(it)));
                out().flush();
                request.setAfter(page.getReached());
              });
    }
  }

  private static String author(Score score) {
    return "(%s%s)"
        .formatted(
            score.getClient(),
            score.getAutomated() ? ", automated" : ", " + score.getOnBehalfOf().getOfficer());
  }

  private static String line(RiskIndicator indicator) {
    return "%-20s %5d  %s"
        .formatted(indicator.getCode(), indicator.getWeight(), indicator.getText());
  }
}
