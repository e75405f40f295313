package org.entente.gateway.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.entente.proto.v1.Severity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds received messages again. */
@Command(
    name = "search",
    description = {
      "Finds received messages again, newest first; `open` shows one whole.",
      "Every option that is given must match; of one that is repeated, any. Each page is in the audit"
          + " log, with the officer and the reason. The client needs the scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente search --subject container:CSQU3054383 --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "  entente search --category IPR --origin fr.customs --from 2026-03-01 --headline 'toy batteries' \\",
      "      --officer DE-7 --justification 'case 4 Js 12/26' --json --gateway … --credentials …"
    })
final class SearchCommand extends ClientCall {
  private static final int PAGE = 100;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "received then or later: a day or a time as in 2026-03-01T08:00:00Z")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "received before: a day or a time")
  private @Nullable String to;

  @Option(names = "--kind", description = "such as ALERT or INTELLIGENCE; may be repeated")
  private List<String> kinds = List.of();

  @Option(names = "--category", description = "such as IPR or NARCOTICS; may be repeated")
  private List<String> categories = List.of();

  @Option(names = "--origin", paramLabel = "AGENCY", description = "who sent it; may be repeated")
  private List<String> origins = List.of();

  @Option(
      names = "--jurisdiction",
      paramLabel = "CODE",
      description = "which the content concerns, such as FR or US-CA; may be repeated")
  private List<String> jurisdictions = List.of();

  @Option(
      names = "--desk",
      paramLabel = "DESK",
      description = "only what is for this desk of the agency; may be repeated")
  private List<String> desks = List.of();

  @Option(names = "--severity", description = "at least so severe: MINOR to EXTREME")
  private @Nullable String severity;

  @Option(
      names = "--subject",
      paramLabel = "SCHEME:VALUE",
      description = "what or whom it is about: container:…, vessel:…, person:FAMILY/GIVEN, …")
  private String subject = "";

  @Option(names = "--case", paramLabel = "REF", description = "the originator's case reference")
  private String caseRef = "";

  @Option(names = "--headline", paramLabel = "WORDS", description = "words that are in a headline")
  private String headline = "";

  @Option(
      names = "--in-reply-to",
      paramLabel = "MESSAGE",
      description = "only what answers this message, such as feedback; 32 hex digits")
  private String inReplyTo = "";

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Option(
      names = "--most",
      defaultValue = "50",
      description = "stop after so many (default: ${DEFAULT-VALUE})")
  private int most = 50;

  @Option(names = "--json", description = "print each as one JSON object a line")
  private boolean json;

  @Option(names = "--justification", required = true, description = "why; recorded")
  private String justification = "";

  @Mixin private Person person = new Person();

  @Override
  int with(ManagedChannel channel) {
    SearchGrpc.SearchBlockingStub calls = SearchGrpc.newBlockingStub(channel);
    SearchRequest.Builder request = request();
    int left = most;
    SearchResponse page;
    do {
      page = calls.search(request.setPageSize(Math.max(1, Math.min(PAGE, left))).build());
      page.getMessagesList().forEach(this::print);
      left -= page.getMessagesCount();
      request.setPageToken(page.getNextPageToken());
    } while (left > 0 && !page.getNextPageToken().isEmpty());
    if (left == most) {
      err().println("nothing found");
    }
    if (!page.getNextPageToken().isEmpty()) {
      err().println("there may be more: ask for more with --most");
    }
    if (!page.getComplete()) {
      err().println(unsearched(page));
    }
    err().flush();
    return 0;
  }

  /** What a page that is not complete leaves out. */
  static String unsearched(SearchResponse page) {
    return page.hasReachesBackTo()
        ? "not searched: what was received before " + Timestamps.toString(page.getReachesBackTo())
        : "not searched: what has only just arrived";
  }

  private SearchRequest.Builder request() {
    Filter.Builder filter = Filter.newBuilder().setExercise(exercise);
    kinds.forEach(kind -> filter.addKinds(EnumWord.of(Kind.class, "KIND_", kind)));
    categories.forEach(
        category -> filter.addCategories(EnumWord.of(Category.class, "CATEGORY_", category)));
    filter.addAllOrigins(origins).addAllJurisdictions(jurisdictions).addAllDesks(desks);
    if (severity != null) {
      filter.setMinimumSeverity(EnumWord.of(Severity.class, "SEVERITY_", severity));
    }
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setFilter(filter)
            .setSubject(subject)
            .setCaseRef(caseRef)
            .setHeadline(headline)
            .setOnBehalfOf(person.because(justification));
    if (!inReplyTo.isEmpty()) {
      request.setInReplyTo(MessageCall.parse("--in-reply-to", inReplyTo));
    }
    if (from != null) {
      request.setReceivedFrom(AuditExport.time("--from", from));
    }
    if (to != null) {
      request.setReceivedTo(AuditExport.time("--to", to));
    }
    return request;
  }

  private void print(FoundMessage found) {
    out().println(json ? json(found) : line(found));
  }

  /** A message of the protos as one line of JSON. */
  static String json(MessageOrBuilder message) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new CommandFailure("it cannot be shown as JSON: " + e.getMessage(), e);
    }
  }

  /** What is known of a message without opening it. */
  static String line(FoundMessage found) {
    Label label = found.getLabel();
    return Screen.printable(
        "%s  %s  %-12s %-12s %-22s %s"
                .formatted(
                    RecallCommand.hex(found.getMessageId()),
                    Timestamps.toString(found.getReceivedAt()),
                    label.getOrigin(),
                    label.getKind().name().replace("KIND_", ""),
                    label.getCategory().name().replace("CATEGORY_", ""),
                    label.getCaseRef())
            + StandingWords.behind(StandingWords.of(label))
            + StandingWords.desks(label)
            + StandingWords.behind(StandingWords.of(found.getStanding())));
  }
}
