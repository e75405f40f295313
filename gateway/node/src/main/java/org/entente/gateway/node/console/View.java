package org.entente.gateway.node.console;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.crypto.Sha256;

/** What a page shows, as data for its template. Texts are plain; the template escapes them. */
public sealed interface View
    permits View.Overview,
        View.Peers,
        View.Refusals,
        View.Message,
        View.Notice,
        View.Enter,
        AuditView,
        MapView,
        PlaygroundView,
        RatesView {
  /** A link of the navigation. */
  record Link(String path, String title) {}

  /**
   * The frame of a page.
   *
   * @param path its path; empty for a page outside the navigation
   * @param node agency and gateway; empty towards a stranger
   * @param pages the pages that the visitor may open, in the order of the navigation
   */
  record Frame(String title, String path, String node, List<Link> pages) {
    public Frame {
      pages = List.copyOf(pages);
    }

    /** Whether the visitor may open a page. */
    boolean leadsTo(String path) {
      return pages.stream().anyMatch(page -> page.path().equals(path));
    }
  }

  /**
   * A text that live events replace.
   *
   * @param id unique in its page
   * @param state {@code good}, {@code warn} or {@code bad}, or empty; the text says the same
   */
  record Figure(String id, String state, String text) {}

  /** The frame. */
  Frame frame();

  /** The name of the template. */
  String template();

  /** All figures. */
  default List<Figure> figures() {
    return List.of();
  }

  /** What must be the same for live events to apply: the identity of the rows, and fixed texts. */
  default List<?> shape() {
    return List.of();
  }

  /** Whether live events are sent. */
  default boolean isLive() {
    return true;
  }

  /** The scripts of the page, beside that of live events. */
  default List<String> scripts() {
    return List.of();
  }

  /** Names what a view must have in common with a page for its events to apply there. */
  default String shapeName() {
    byte[] text = shape().toString().getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.hash(text)).substring(0, 16);
  }

  /**
   * A check that failed.
   *
   * @param severity error or warning
   * @param page where the documentation says more
   */
  record Finding(String id, String severity, List<String> faults, String hint, String page) {
    public Finding {
      faults = List.copyOf(faults);
    }
  }

  /** A named figure. */
  record Fact(String name, Figure figure) {}

  /**
   * Whether traffic can flow.
   *
   * @param checks how many checks passed, failed, or were not made
   */
  record Overview(
      Frame frame, Figure verdict, Figure checks, List<Finding> findings, List<Fact> facts)
      implements View {
    public Overview {
      findings = List.copyOf(findings);
      facts = List.copyOf(facts);
    }

    @Override
    public String template() {
      return "overview.jte";
    }

    @Override
    public List<Figure> figures() {
      List<Figure> all = new ArrayList<>(List.of(verdict, checks));
      facts.forEach(fact -> all.add(fact.figure()));
      return all;
    }

    @Override
    public List<?> shape() {
      return List.of(findings, facts.stream().map(Fact::name).toList());
    }
  }

  /** A row of a table. */
  record Row(String name, List<Figure> cells) {
    public Row {
      cells = List.copyOf(cells);
    }
  }

  /**
   * The links.
   *
   * @param lanes names of the lanes, in the order of the cells
   */
  record Peers(Frame frame, Figure summary, List<String> lanes, List<Row> rows) implements View {
    public Peers {
      lanes = List.copyOf(lanes);
      rows = List.copyOf(rows);
    }

    @Override
    public String template() {
      return "peers.jte";
    }

    @Override
    public List<Figure> figures() {
      List<Figure> all = new ArrayList<>(List.of(summary));
      rows.forEach(row -> all.addAll(row.cells()));
      return all;
    }

    @Override
    public List<?> shape() {
      return rows.stream().map(Row::name).toList();
    }
  }

  /** Refusals of one rule. */
  record Refusal(String code, String side, String actor, String retry, Figure count) {}

  /** Refusals by rule, the most frequent first. */
  record Refusals(Frame frame, List<Refusal> refusals) implements View {
    public Refusals {
      refusals = List.copyOf(refusals);
    }

    @Override
    public String template() {
      return "refusals.jte";
    }

    @Override
    public List<Figure> figures() {
      return refusals.stream().map(Refusal::count).toList();
    }

    @Override
    public List<?> shape() {
      return figures().stream().map(Figure::id).sorted().toList();
    }
  }

  /** A further field of evidence. */
  record Detail(String name, String text) {}

  /**
   * A statement about a message.
   *
   * @param recipient whom it concerns; empty for none
   * @param code of a refusal or failure; empty for a success
   */
  record Step(
      String at, String agency, String what, String recipient, String code, List<Detail> details) {
    public Step {
      details = List.copyOf(details);
    }
  }

  /**
   * One message by its evidence.
   *
   * @param id as it was typed; empty if none was
   * @param density how much is shown, one of the densities
   * @param problem why nothing is shown; empty for none
   */
  record Message(
      Frame frame,
      String id,
      String density,
      List<String> densities,
      String problem,
      List<Step> steps)
      implements View {
    public Message {
      densities = List.copyOf(densities);
      steps = List.copyOf(steps);
    }

    @Override
    public String template() {
      return "message.jte";
    }

    @Override
    public boolean isLive() {
      return false;
    }
  }

  /** A page without figures. */
  record Notice(Frame frame, String text) implements View {
    @Override
    public String template() {
      return "notice.jte";
    }

    @Override
    public boolean isLive() {
      return false;
    }
  }

  /**
   * The page that takes a token.
   *
   * @param text why the page is shown
   * @param token what may replace the session of this browser, if its user says so; empty if the
   *     page takes a token
   */
  record Enter(Frame frame, String text, String token) implements View {
    @Override
    public String template() {
      return "enter.jte";
    }

    @Override
    public boolean isLive() {
      return false;
    }
  }
}
