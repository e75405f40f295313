package org.entente.gateway.node.console;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.console.View.Detail;
import org.entente.gateway.node.console.View.Step;
import org.entente.proto.v1.EvidenceItem;

/**
 * The page of one message, followed by its evidence. Leaves out reasons in words: they may say what
 * a message is about.
 */
final class MessagePage {
  /** Where the page is. */
  static final String PATH = "/console/message";

  private static final String BRIEF = "brief";
  private static final String FULL = "full";
  private static final String STEPS = "steps";
  private static final List<String> DENSITIES = List.of(BRIEF, STEPS, FULL);
  private static final String KIND = "EVIDENCE_KIND_";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ConsoleSources sources;

  MessagePage(ConsoleSources sources) {
    this.sources = sources;
  }

  /** The page of the message that a form names. */
  View view(PageRequest request) {
    String density = request.field("density");
    String shown = DENSITIES.contains(density) ? density : BRIEF;
    String typed = request.field("id");
    if (typed.isEmpty()) {
      return page(request.frame(), "", shown, "", List.of());
    }
    try {
      return found(request.frame(), MessageId.parse(typed), typed, shown);
    } catch (InvalidValue e) {
      return page(request.frame(), typed, shown, "A message id has 32 hex digits.", List.of());
    }
  }

  private View found(View.Frame frame, MessageId id, String typed, String density) {
    Optional<ConsoleNode> node = sources.node().get();
    if (node.isEmpty()) {
      return page(frame, typed, density, PageRequest.REOPENED, List.of());
    }
    List<EvidenceItem> items = node.get().evidence(id);
    return page(
        frame,
        typed,
        density,
        items.isEmpty() ? "This gateway has no evidence of such a message." : "",
        density.equals(BRIEF)
            ? latest(items)
            : items.stream().map(it -> step(it, density)).toList());
  }

  private static View page(
      View.Frame frame, String id, String density, String problem, List<Step> steps) {
    return new View.Message(frame, id, density, DENSITIES, problem, steps);
  }

  /** The last statement about each recipient, and the last about none. */
  private static List<Step> latest(List<EvidenceItem> items) {
    Map<String, Step> last = new LinkedHashMap<>();
    items.forEach(item -> last.put(item.getRecipient(), step(item, BRIEF)));
    return List.copyOf(last.values());
  }

  private static Step step(EvidenceItem item, String density) {
    return new Step(
        time(item.getAt()),
        item.getAgency(),
        item.getKind().name().replace(KIND, "").replace('_', ' ').toLowerCase(Locale.ROOT),
        item.getRecipient(),
        item.getCode(),
        density.equals(FULL) ? details(item) : List.of());
  }

  private static List<Detail> details(EvidenceItem item) {
    List<Detail> details = new ArrayList<>();
    add(details, "SHA-256 of the envelope's header", hex(item.getHeaderHash()));
    add(details, "first retrieved by", item.getRetrievedBy());
    if (item.hasRetrievedAt()) {
      add(details, "first retrieved at", time(item.getRetrievedAt()));
    }
    add(details, "also retrieved by", String.join(", ", item.getAlsoRetrievedByList()));
    if (item.getAlsoRetrievedMore() > 0) {
      add(details, "retrieved by more clients", String.valueOf(item.getAlsoRetrievedMore()));
    }
    if (item.getAttestedMachines() > 0) {
      add(details, "attested for former machines", String.valueOf(item.getAttestedMachines()));
    }
    add(details, "passed on to", String.join(", ", item.getPassedOnToList()));
    add(details, "passed on as", hex(item.getPassedOnAs()));
    add(details, "under consent", hex(item.getConsentId()));
    if (item.getTimeOut()) {
      add(details, "stated by", "this gateway, because a deadline passed");
    }
    return details;
  }

  private static void add(List<Detail> details, String name, String text) {
    if (!text.isEmpty()) {
      details.add(new Detail(name, text));
    }
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String time(Timestamp at) {
    return TIME.format(Instant.ofEpochSecond(at.getSeconds()));
  }
}
