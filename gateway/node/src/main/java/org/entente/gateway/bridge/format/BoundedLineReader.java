package org.entente.gateway.bridge.format;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a UTF-8 file, each of bounded length: at most the limit of a longer line is in
 * memory, and reading continues with the next line. A byte order mark is skipped. For use by one
 * thread; closing closes the stream.
 */
final class BoundedLineReader implements Closeable {
  /** A line; if it cannot be read, the text is empty and the problem set. */
  record Line(int number, String text, String problem) {
    boolean readable() {
      return problem.isEmpty();
    }
  }

  private static final int NEWLINE = '\n';
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final BufferedInputStream in;
  private final int limit;
  private int number;

  BoundedLineReader(InputStream in, int limit) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.limit = limit;
  }

  /** The next line that is not blank, or null at the end. */
  @Nullable Line next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      bytes.reset();
      int length = 0;
      int c = in.read();
      if (c < 0) {
        return null;
      }
      number++;
      for (; c >= 0 && c != NEWLINE; c = in.read()) {
        if (length++ < limit) {
          bytes.write(c);
        }
      }
      Line line = line(bytes.toByteArray(), length > limit);
      if (!line.readable() || !line.text.isBlank()) {
        return line;
      }
    }
  }

  private Line line(byte[] bytes, boolean tooLong) {
    if (tooLong) {
      return new Line(number, "", "is longer than " + limit + " bytes");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean marked = number == 1 && text.startsWith(BYTE_ORDER_MARK);
      return new Line(number, marked ? text.substring(1) : text, "");
    } catch (CharacterCodingException e) {
      return new Line(number, "", "is not UTF-8");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
