package org.entente.gateway.node.console;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/** The templates of {@code src/main/jte}, which the build compiles. Safe for many threads. */
final class ConsoleTemplates {
  private final TemplateEngine engine = TemplateEngine.createPrecompiled(ContentType.Html);

  /** A page as HTML. */
  String render(View view) {
    StringOutput html = new StringOutput();
    engine.render(view.template(), view, html);
    return html.toString();
  }
}
