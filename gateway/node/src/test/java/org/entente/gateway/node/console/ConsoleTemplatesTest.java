package org.entente.gateway.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.node.console.View.Detail;
import org.entente.gateway.node.console.View.Fact;
import org.entente.gateway.node.console.View.Figure;
import org.entente.gateway.node.console.View.Finding;
import org.entente.gateway.node.console.View.Frame;
import org.entente.gateway.node.console.View.Link;
import org.entente.gateway.node.console.View.Refusal;
import org.entente.gateway.node.console.View.Row;
import org.entente.gateway.node.console.View.Step;
import org.entente.gateway.testkit.HostileText;
import org.junit.jupiter.api.Test;

/** No text gets out of its place in a page. */
class ConsoleTemplatesTest {
  private static final List<String> MARKUP =
      List.of(
          "<script>alert(1)</script>",
          "\" onmouseover=\"alert(1)",
          "' onfocus='alert(1)' autofocus='",
          "</span></main><iframe src=//evil.example>",
          "<!-- ",
          "]]>",
          "javascript:alert(1)",
          "${7*7}",
          "&lt;script&gt;");

  private static final Pattern TAG =
      Pattern.compile("<(/?\\w+|!DOCTYPE)((?:\\s+[\\w-]+(?:=\"[^\"]*\")?)*)\\s*>");
  private static final Pattern ATTRIBUTE = Pattern.compile("(\\s+[\\w-]+)=\"[^\"]*\"");

  private final ConsoleTemplates templates = new ConsoleTemplates();

  /** Every page with a text in every place. */
  private static List<View> views(String text) {
    Frame frame = frame(text);
    Figure figure = new Figure(text, text, text);
    return List.of(
        new View.Overview(
            frame,
            figure,
            figure,
            List.of(new Finding(text, text, List.of(text, text), text, text)),
            List.of(new Fact(text, figure))),
        new View.Peers(frame, figure, List.of(text), List.of(new Row(text, List.of(figure)))),
        new View.Refusals(frame, List.of(new Refusal(text, text, text, text, figure))),
        message(frame, text, "brief"),
        message(frame, text, "full"),
        new View.Notice(frame, text),
        new View.Enter(frame, text, ""),
        new View.Enter(frame, text, text),
        new MapView(
            frame,
            text,
            figure,
            List.of(
                new MapView.Place(text, text, List.of(), figure, figure),
                new MapView.Place(text, text, List.of(text), figure, figure),
                new MapView.Place(text, text, List.of("by", text), figure, figure))),
        new RatesView(
            frame,
            text,
            List.of(text),
            List.of(text),
            List.of(new RatesView.LaneNow(text, List.of(figure))),
            List.of(new RatesView.Past(1, text, List.of(text)))),
        audit(frame, text, true),
        audit(frame, text, false),
        playground(frame, text));
  }

  private static Frame frame(String text) {
    return new Frame(text, "/console/", text, List.of(new Link("/console/", text)));
  }

  private static List<FormField> fields(String text) {
    return Stream.of("text", FormField.CHECK, FormField.CHOICE)
        .map(type -> new FormField(text, text, type, text, List.of("", text), text, 9, true))
        .toList();
  }

  private static View audit(Frame frame, String text, boolean isLinked) {
    AuditView.Leaf leaf =
        new AuditView.Leaf(
            text, text, text, text, text, text, text, List.of(new AuditView.Named(text, text)), 1);
    return new AuditView(frame, fields(text), text, text, List.of(leaf), text, isLinked);
  }

  private static View playground(Frame frame, String text) {
    Figure figure = new Figure(text, text, text);
    List<PlaygroundView.Trial> trials =
        List.of(
            new PlaygroundView.Trial(text, text, List.of(text)),
            new PlaygroundView.Trial(text, text, List.of()));
    return new PlaygroundView(
        frame,
        fields(text),
        text,
        figure,
        List.of(text),
        List.of(new PlaygroundView.Recipient(text, figure, text, List.of(text), trials, 1)),
        1);
  }

  private static View message(Frame frame, String text, String density) {
    return new View.Message(
        frame,
        text,
        density,
        List.of(density, text),
        text,
        List.of(new Step(text, text, text, text, text, List.of(new Detail(text, text)))));
  }

  @Test
  void text_whateverItIs_addsNoMarkup() {
    List<String> hostile = new ArrayList<>(MARKUP);
    hostile.addAll(HostileText.ALL);
    List<View> plain = views("plain");
    for (String text : hostile) {
      List<View> views = views(text);
      for (int i = 0; i < views.size(); i++) {
        assertEquals(
            markup(templates.render(plain.get(i))),
            markup(templates.render(views.get(i))),
            views.get(i).template() + " with " + text);
      }
    }
  }

  /** The tags with the names of their attributes; every {@code <} must begin one. */
  private static List<String> markup(String html) {
    List<String> tags =
        TAG.matcher(html)
            .results()
            .map(tag -> tag.group(1) + ATTRIBUTE.matcher(tag.group(2)).replaceAll("$1"))
            .toList();
    assertEquals(html.chars().filter(it -> it == '<').count(), tags.size(), html);
    return tags;
  }

  @Test
  void text_isShownAsItIs() {
    String html = templates.render(new View.Notice(frame("t"), "a < b & c"));
    assertTrue(html.contains("a &lt; b &amp; c"), html);
  }

  @Test
  void wordsBetweenBackticks_areCode() {
    String html =
        templates.render(
            new View.Notice(frame("t"), "Run `entente <x>`, or `config check`; a ` b"));
    assertTrue(
        html.contains("<p>Run <code>entente &lt;x&gt;</code>, or <code>config check</code>; a ` b"),
        html);
  }
}
