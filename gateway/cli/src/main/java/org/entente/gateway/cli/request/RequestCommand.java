package org.entente.gateway.cli.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.DraftCall;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.call.SenderOptions;
import org.entente.gateway.cli.call.TopicDraftCall;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.DeskAddressParser;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.PrintHistory;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.ListedRequest;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestStatus;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Urgency;
import org.entente.proto.v1.Wanted;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands for requests and answers. */
@Command(
    name = "request",
    description = {
      "Sends requests and reminders to other agencies, answers requests, and lists both with"
          + " deadlines.",
      "Requests and answers are messages: `tail`, `search` and `open` show them."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      RequestCommand.Ask.class,
      RequestCommand.AnswerOne.class,
      RequestCommand.Remind.class,
      RequestCommand.Reminders.class,
      RequestCommand.ListAll.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente request ask --to de.customs --question 'Is this container known to you?' \\",
      "      --subject container:CSQU3054383 --category IPR --purpose CUSTOMS_CONTROL \\",
      "      --classification RESTRICTED --within 48 --officer FR-12 --justification 'case 12/26'"
          + " \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations",
      "  entente request list --owed --overdue --gateway … --credentials …",
      "  entente request answer 0197…3f --result NO_HIT --classification RESTRICTED"
    })
public final class RequestCommand {
  private static final Columns<ListedRequest> REQUESTS =
      Columns.<ListedRequest>of("request", "requests")
          .with("request", one -> MessageText.hex(one.getRequestId()))
          .with("agency", ListedRequest::getAgency)
          .with("status", one -> EnumNames.word(one.getStatus()))
          .with("wanted", one -> EnumNames.word(one.getWanted()))
          .with("answer by", one -> Timestamps.toString(one.getAnswerBy()))
          .with("", one -> one.getOverdue() ? "OVERDUE" : "")
          .with("reminders", RequestCommand::reminders)
          .with("answered", RequestCommand::answered);

  private static String reminders(ListedRequest one) {
    String own =
        one.hasNoticedAt() && !one.getOverdue()
            ? one.getNoticedPercent() + " % of its time is over"
            : "";
    String others =
        one.getReminders() == 0
            ? ""
            : "reminded "
                + one.getReminders()
                + "x, last "
                + Timestamps.toString(one.getRemindedAt());
    return own.isEmpty() || others.isEmpty() ? own + others : own + "; " + others;
  }

  private static String answered(ListedRequest one) {
    if (one.hasAnsweredAt()) {
      return "after "
          + Durations.toSeconds(Timestamps.between(one.getAskedAt(), one.getAnsweredAt()))
          + " s by "
          + MessageText.hex(one.getAnswerId());
    }
    return one.hasExpectedAt() ? "expected " + Timestamps.toString(one.getExpectedAt()) : "";
  }

  /** Sends a request. */
  @Command(
      name = "ask",
      description = {
        "Asks agencies whether they know something, or with --details what they know.",
        "People read the question, and systems search for the subjects. The client needs the scope"
            + " `publish`; officer and reason stay in this agency's audit log."
      },
      mixinStandardHelpOptions = true)
  static final class Ask extends TopicDraftCall {
    @Option(
        names = "--to",
        required = true,
        paramLabel = "AGENCY",
        description =
            "agency to ask, or one of its desks as in fr.customs/narcotics; may be repeated")
    private List<String> to = List.of();

    @Option(
        names = "--language",
        defaultValue = "en",
        paramLabel = "CODE",
        description = "language of the question, such as en, fr or pt-BR (default: en)")
    private String language = "en";

    /** Deadline, as a time or in hours. */
    private static final class Time {
      @RequestField("body.request.answer_by")
      @Option(
          names = "--answer-by",
          required = true,
          paramLabel = "TIME",
          description = "deadline, a day or a time in UTC, as in 2026-03-01T08:00:00Z")
      private @Nullable Timestamp answerBy;

      @RequestField("body.request.answer_by")
      @Option(
          names = "--within",
          required = true,
          paramLabel = "HOURS",
          converter = AnswerHours.class,
          description = "deadline in hours from now, 1 to 8784 (366 days), such as 48")
      private @Nullable Integer hours;

      Timestamp timestamp() {
        if (answerBy != null) {
          return answerBy;
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return Timestamps.fromMillis(
            now.plus(hours == null ? 0 : hours, ChronoUnit.HOURS).toEpochMilli());
      }
    }

    @ArgGroup(multiplicity = "1")
    private Time time = new Time();

    @Option(
        names = "--question",
        required = true,
        paramLabel = "TEXT",
        description = "the question in words, at most 4000 characters; its recipients read it")
    private String question = "";

    @RequestField("body.request.wanted")
    @Option(
        names = "--details",
        description = "ask for what is known; without it, only whether anything is known")
    private boolean details;

    @Option(
        names = "--urgency",
        paramLabel = "NAME",
        description =
            "when to act, as CAP 1.2 defines it: IMMEDIATE, EXPECTED (within an hour), FUTURE, PAST"
                + " (no more) or UNKNOWN (default: not stated)")
    private Urgency urgency = Urgency.URGENCY_UNSPECIFIED;

    @Option(
        names = "--in-reply-to",
        paramLabel = "MESSAGE",
        description = "message that the request follows up, 32 hex digits")
    private ByteString inReplyTo = ByteString.EMPTY;

    @Option(
        names = "--responder",
        paramLabel = "NAME",
        description =
            "system of the agency that is to answer, as `discover` lists it; it must accept as many"
                + " subjects as the request has")
    private String responder = "";

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      Label.Builder label = label(Kind.KIND_REQUEST);
      label.setUrgency(urgency);
      label.setInReplyTo(inReplyTo);
      Request request =
          Request.newBuilder()
              .setQuestion(question)
              .setLanguage(language)
              .addAllSubjects(subjects())
              .setAnswerBy(time.timestamp())
              .setWanted(details ? Wanted.WANTED_DETAILS : Wanted.WANTED_HIT_NO_HIT)
              .setResponder(responder)
              .build();
      publish(
          channel,
          Draft.newBuilder()
              .setLabel(label)
              .setTo(DeskAddressParser.addressing("--to", to))
              .setBody(Body.newBuilder().setRequest(request))
              .setOnBehalfOf(person.named()));
    }
  }

  /** Answers a request. */
  @Command(
      name = "answer",
      description = {
        "Answers a request sent to this agency.",
        "Only the requesting agency receives the answer. Recipient, category and purpose are those"
            + " of the",
        "request unless given. The client needs the scope `publish`, and `respond` to leave them"
            + " out."
      },
      mixinStandardHelpOptions = true)
  static final class AnswerOne extends DraftCall {
    @RequestField({"label.in_reply_to", "request_id"})
    @Parameters(
        paramLabel = "REQUEST",
        description = "id of the request, 32 hex digits, as `request list --owed` prints it")
    private ByteString request = ByteString.EMPTY;

    @Option(
        names = "--to",
        paramLabel = "AGENCY",
        description =
            "the requesting agency, or one of its desks as in fr.customs/narcotics; may be repeated"
                + " for further desks (default: the agency)")
    private List<String> to = List.of();

    @Option(
        names = "--category",
        paramLabel = "NAME",
        description = "subject matter (default: that of the request)")
    private Category category = Category.CATEGORY_UNSPECIFIED;

    @Option(
        names = "--purpose",
        paramLabel = "NAME",
        description = "purpose (default: that of the request)")
    private Purpose purpose = Purpose.PURPOSE_UNSPECIFIED;

    @Option(
        names = "--language",
        defaultValue = "en",
        paramLabel = "CODE",
        description = "language of the text, such as en, fr or pt-BR (default: en)")
    private String language = "en";

    @Option(
        names = "--result",
        required = true,
        paramLabel = "NAME",
        description =
            "HIT if something is known, NO_HIT if nothing is, NOT_ALLOWED if this agency may not"
                + " answer, or LATER if another answer follows")
    private AnswerResult result = AnswerResult.ANSWER_RESULT_UNSPECIFIED;

    @Option(
        names = "--hits",
        paramLabel = "N",
        description = "with HIT: number of records found (default: not stated)")
    private int hits;

    @Option(
        names = "--text",
        paramLabel = "TEXT",
        description =
            "the details, if the request asks for them; with NOT_ALLOWED or LATER the reason")
    private String text = "";

    @Option(
        names = "--expected-at",
        paramLabel = "TIME",
        description =
            "with LATER: when the result is expected, a day or a time in UTC, as in"
                + " 2026-03-01T08:00:00Z")
    private @Nullable Timestamp expectedAt;

    @RequestField("label.message_type")
    @Option(
        names = "--update",
        description = "correct the answer that this agency gave to the same request")
    private boolean update;

    @Mixin private SenderOptions sender = new SenderOptions();

    @Override
    public void with(ManagedChannel channel) {
      boolean topical =
          category != Category.CATEGORY_UNSPECIFIED && purpose != Purpose.PURPOSE_UNSPECIFIED;
      List<String> recipients = to;
      if (!topical || to.isEmpty()) {
        ListedRequest asked = asked(channel);
        recipients = to.isEmpty() ? List.of(asked.getAgency()) : to;
        category = category == Category.CATEGORY_UNSPECIFIED ? asked.getCategory() : category;
        purpose = purpose == Purpose.PURPOSE_UNSPECIFIED ? asked.getPurpose() : purpose;
      }
      if (category == Category.CATEGORY_UNSPECIFIED || purpose == Purpose.PURPOSE_UNSPECIFIED) {
        throw new UsageError(
            "--category and --purpose are needed: the gateway no longer holds the request, so it"
                + " cannot supply them");
      }
      Label.Builder label = label(Kind.KIND_ANSWER, category, purpose).setInReplyTo(request);
      if (update) {
        label.setMessageType(MessageType.MESSAGE_TYPE_UPDATE);
      }
      Answer.Builder answer =
          Answer.newBuilder()
              .setResult(result)
              .setHits(hits)
              .setText(text)
              .setLanguage(text.isEmpty() ? "" : language)
              .addAllSubjects(subjects());
      if (expectedAt != null) {
        answer.setExpectedAt(expectedAt);
      }
      publish(
          channel,
          Draft.newBuilder()
              .setLabel(label)
              .setTo(DeskAddressParser.addressing("--to", recipients))
              .setBody(Body.newBuilder().setAnswer(answer))
              .setOnBehalfOf(sender.person()));
    }

    /** What the gateway knows of the request. */
    private ListedRequest asked(ManagedChannel channel) {
      ListRequestsResponse known =
          RequestsGrpc.newBlockingStub(channel)
              .listRequests(
                  ListRequestsRequest.newBuilder()
                      .setSide(RequestSide.REQUEST_SIDE_OWED)
                      .setRequestId(request)
                      .setExercise(isExercise())
                      .build());
      if (known.getRequestsCount() != 1) {
        throw new UsageError(
            "REQUEST: no request with this id waits here; check the id (`entente request list"
                + " --owed`), --exercise for training, and the desks of the client");
      }
      return known.getRequests(0);
    }
  }

  /** Sends a reminder. */
  @Command(
      name = "remind",
      description = {
        "Reminds agencies of a request that they have not answered: at most 5 times, an hour"
            + " apart.",
        "The client needs the scope `publish`; officer and reason stay in this agency's audit log."
      },
      mixinStandardHelpOptions = true)
  static final class Remind extends ClientCall {
    @Parameters(
        paramLabel = "REQUEST",
        description = "id of the request, 32 hex digits, as `request list --asked` prints it")
    private ByteString request = ByteString.EMPTY;

    @RequestField("agencies")
    @Option(
        names = "--to",
        paramLabel = "AGENCY",
        description = "only this recipient of the request; may be repeated")
    private List<String> to = List.of();

    @Option(
        names = "--text",
        paramLabel = "TEXT",
        description = "text of the reminder (default: none)")
    private String text = "";

    @Option(
        names = "--language",
        defaultValue = "en",
        paramLabel = "CODE",
        description = "language of the text, such as en, fr or pt-BR (default: en)")
    private String language = "en";

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      List<Outcome> outcomes =
          RequestsGrpc.newBlockingStub(channel)
              .remind(
                  RemindRequest.newBuilder()
                      .setRequestId(request)
                      .addAllAgencies(to)
                      .setText(text)
                      .setLanguage(text.isEmpty() ? "" : language)
                      .setOnBehalfOf(person.named())
                      .build())
              .getOutcomesList();
      outcomes.forEach(outcome -> refuseUnless(tell(outcome)));
    }
  }

  /** Lists the reminders to this agency. */
  @Command(
      name = "reminders",
      description = {
        "Lists requests that wait for this agency's answer and of which it was reminded.",
        "A reminder comes from the requesting agency, or from this gateway when a part of the time"
            + " is over.",
        "The client needs the scope `respond`."
      },
      mixinStandardHelpOptions = true)
  static final class Reminders extends ClientCall {
    @Option(names = "--follow", description = "continue with new reminders until interrupted")
    private boolean follow;

    @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
    private boolean exercise;

    private final PrintHistory<ListedRequest> printed = new PrintHistory<>();

    @Override
    public void with(ManagedChannel channel) {
      if (follow) {
        follow(channel, () -> "reminder " + (printed.count() + 1), this::follow);
        return;
      }
      Listing<ListedRequest> list = listing(REQUESTS);
      reminders(channel).forEachRemaining(found -> list.add(found.getRequest()));
      list.end();
    }

    /** Each call begins with all current reminders. */
    private void follow(Channel channel) {
      reminders(channel)
          .forEachRemaining(
              found -> {
                if (printed.isNew(found.getRequest())) {
                  tell(found.getRequest(), REQUESTS.line(found.getRequest()));
                  out().flush();
                }
              });
    }

    private Iterator<FollowRemindersResponse> reminders(Channel channel) {
      return RequestsGrpc.newBlockingStub(channel)
          .followReminders(
              FollowRemindersRequest.newBuilder().setFollow(follow).setExercise(exercise).build());
    }
  }

  /** Lists requests. */
  @Command(
      name = "list",
      description = {
        "Lists requests with their deadlines, oldest first, without content.",
        "With --asked the client needs the scope `publish`, with --owed the scope `respond`."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    /** Direction: sent or received requests. */
    private static final class SideOptions {
      @Option(names = "--asked", required = true, description = "requests that this agency sent")
      private boolean asked;

      @Option(names = "--owed", required = true, description = "requests that this agency received")
      private boolean owed;

      RequestSide side() {
        if (asked) {
          return RequestSide.REQUEST_SIDE_ASKED;
        }
        return owed ? RequestSide.REQUEST_SIDE_OWED : RequestSide.REQUEST_SIDE_UNSPECIFIED;
      }
    }

    @ArgGroup(multiplicity = "1")
    private SideOptions which = new SideOptions();

    @Option(
        names = "--status",
        paramLabel = "NAME",
        description = "OPEN, ANSWERED, DECLINED, REFUSED, WITHDRAWN or LAPSED; may be repeated")
    private List<RequestStatus> statuses = List.of();

    @Option(names = "--overdue", description = "only open requests past their deadline")
    private boolean overdue;

    @Option(
        names = "--agency",
        paramLabel = "AGENCY",
        description = "only requests to or from this agency, such as fr.customs")
    private String agency = "";

    @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
    private boolean exercise;

    @Override
    public void with(ManagedChannel channel) {
      ListRequestsRequest.Builder request =
          ListRequestsRequest.newBuilder()
              .setSide(which.side())
              .setOverdue(overdue)
              .setAgency(agency)
              .setExercise(exercise);
      request.addAllStatuses(statuses);
      RequestsGrpc.RequestsBlockingStub calls = RequestsGrpc.newBlockingStub(channel);
      var unused =
          list(
              REQUESTS,
              "",
              token -> calls.listRequests(request.setPageToken(token).build()),
              ListRequestsResponse::getRequestsList,
              ListRequestsResponse::getNextPageToken);
    }
  }
}
