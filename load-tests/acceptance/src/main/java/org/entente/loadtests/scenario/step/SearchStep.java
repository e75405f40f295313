package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.jspecify.annotations.Nullable;

/**
 * A person searches what the agency received.
 *
 * @param by the calling client
 * @param officer the officer
 * @param justification the reason
 * @param subject subject of the message, {@code scheme:value}
 * @param caseRef the originator's case reference
 * @param headline words of a headline
 * @param categories any of these categories
 * @param origins any of these origins
 * @param jurisdictions any of these jurisdictions
 * @param from greatest time since receipt
 * @param to least time since receipt
 * @param pageSize most messages on a page; all pages are read
 * @param finds exactly these messages, in any order; none if absent
 * @param error expected error code instead
 */
public record SearchStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String subject,
    @Nullable String caseRef,
    @Nullable String headline,
    @Nullable List<String> categories,
    @Nullable List<String> origins,
    @Nullable List<String> jurisdictions,
    @Nullable Duration from,
    @Nullable Duration to,
    @Nullable Integer pageSize,
    @Nullable List<String> finds,
    @Nullable String error)
    implements ScenarioAction {
  private static final int MOST_ON_A_PAGE = 100;

  /** Most pages, so that a faulty search ends. */
  private static final int MOST_PAGES = 1_000;

  @Override
  public String word() {
    return "search";
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.messages(field + ".finds", orNone(finds));
    checking.require(
        (finds == null) != (error == null),
        field,
        "expects nothing, or things that exclude each other",
        "either finds (an empty list: nothing) or error");
    checking.require(
        Stream.<Object>of(subject, caseRef, headline, categories, origins, jurisdictions, from, to)
            .anyMatch(Objects::nonNull),
        field,
        "looks for nothing",
        "one or more of subject, case_ref, headline, categories, origins, jurisdictions, from, to");
    for (int i = 0; i < orNone(categories).size(); i++) {
      String place = field + ".categories[" + i + "]";
      checking.constant(place, Category.getDescriptor(), orNone(categories).get(i));
    }
    for (int i = 0; i < orNone(origins).size(); i++) {
      checking.agency(field + ".origins[" + i + "]", orNone(origins).get(i));
    }
    time(checking, field + ".from", from);
    time(checking, field + ".to", to);
    checking.require(
        pageSize == null || (pageSize > 0 && pageSize <= MOST_ON_A_PAGE),
        field + ".page_size",
        "is " + pageSize,
        "1 to " + MOST_ON_A_PAGE);
  }

  private static void time(ScenarioCheck checking, String field, @Nullable Duration ago) {
    checking.require(
        ago == null || !ago.isNegative(),
        field,
        "is " + ago,
        "a duration before now, such as PT1H");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    List<Integer> pages = new ArrayList<>();
    AnswerPoller.await(
        findings,
        error,
        "finds " + new TreeSet<>(orNone(finds)),
        () -> found(stage, search, pages),
        messages -> words(stage, messages));
    if (pageSize != null && error == null) {
      int most = pageSize;
      String several = orNone(finds).size() > most ? "several pages" : "a page or more";
      findings.add(
          several + " of at most " + most,
          "pages of " + pages,
          pages.stream().allMatch(it -> it <= most)
              && (orNone(finds).size() <= most || pages.size() > 1));
    }
  }

  private SearchRequest request(ScenarioFederation stage) {
    Filter.Builder filter =
        Filter.newBuilder()
            .setExercise(stage.exercise())
            .addAllOrigins(orNone(origins))
            .addAllJurisdictions(orNone(jurisdictions));
    for (String category : orNone(categories)) {
      filter.addCategories(
          Category.valueOf(ScenarioEnums.value(Category.getDescriptor(), category)));
    }
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setFilter(filter)
            .setSubject(subject == null ? "" : subject)
            .setCaseRef(caseRef == null ? "" : caseRef)
            .setHeadline(headline == null ? "" : headline)
            .setPageSize(pageSize == null ? 0 : pageSize)
            .setOnBehalfOf(CallActor.person(officer, justification));
    if (from != null) {
      request.setReceivedFrom(before(from));
    }
    if (to != null) {
      request.setReceivedTo(before(to));
    }
    return request.build();
  }

  private static Timestamp before(Duration ago) {
    return Timestamps.fromMillis(Instant.now().minus(ago).toEpochMilli());
  }

  /** All pages, in their order; notes how many messages each had. */
  private List<FoundMessage> found(
      ScenarioFederation stage, SearchGrpc.SearchBlockingStub search, List<Integer> pages) {
    List<FoundMessage> messages = new ArrayList<>();
    pages.clear();
    SearchRequest request = request(stage);
    String token = "";
    do {
      SearchResponse page =
          stage.patient(search).search(request.toBuilder().setPageToken(token).build());
      pages.add(page.getMessagesCount());
      messages.addAll(page.getMessagesList());
      token = page.getNextPageToken();
    } while (!token.isEmpty() && pages.size() < MOST_PAGES);
    return messages;
  }

  /** The names found; a message on two pages appears twice and so matches no expectation. */
  private static String words(ScenarioFederation stage, List<FoundMessage> messages) {
    TreeSet<String> names = new TreeSet<>();
    for (FoundMessage message : messages) {
      String name = stage.name(message.getMessageId());
      if (!names.add(name)) {
        names.add(name + " twice");
      }
    }
    return "finds " + names;
  }
}
