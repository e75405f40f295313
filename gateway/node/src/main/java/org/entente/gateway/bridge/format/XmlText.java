package org.entente.gateway.bridge.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of an XML document in the encoding that it declares (XML 1.0 appendix F): UTF-8, UTF-16,
 * ISO-8859-1 or US-ASCII. Decoding is strict and precedes the parser, which would otherwise print
 * undecodable bytes to standard error.
 */
public final class XmlText {
  private static final int DECLARATION = 200;
  private static final Pattern ENCODING =
      Pattern.compile(
          "^(?:\u00EF\u00BB\u00BF)?<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([^\"']*)[\"']");

  private XmlText() {}

  public static String decode(byte[] bytes) throws CapProblem {
    Charset charset = charset(bytes);
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int line = 1 + (int) out.flip().chars().filter(c -> c == '\n').count();
      throw new CapProblem(line, "", "is not " + charset + ", although it declares that encoding");
    }
    decoder.flush(out);
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static Charset charset(byte[] bytes) throws CapProblem {
    int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
    switch (first) {
      case 0xFEFF, 0xFFFE -> {
        return StandardCharsets.UTF_16;
      }
      case 0x003C -> {
        return StandardCharsets.UTF_16BE;
      }
      case 0x3C00 -> {
        return StandardCharsets.UTF_16LE;
      }
      default -> {
        return declared(bytes);
      }
    }
  }

  private static Charset declared(byte[] bytes) throws CapProblem {
    int length = Math.min(bytes.length, DECLARATION);
    String start = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    Matcher matcher = ENCODING.matcher(start);
    String name = matcher.find() ? String.valueOf(matcher.group(1)) : "UTF-8";
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "UTF-8" -> StandardCharsets.UTF_8;
      case "ISO-8859-1" -> StandardCharsets.ISO_8859_1;
      case "US-ASCII" -> StandardCharsets.US_ASCII;
      default ->
          throw new CapProblem(
              1,
              "",
              "must be in UTF-8, UTF-16, ISO-8859-1 or US-ASCII; its declared encoding is "
                  + PrintableText.quote(name));
    };
  }
}
