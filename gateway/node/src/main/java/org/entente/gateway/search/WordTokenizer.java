package org.entente.gateway.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * How a text is read as words: by the word boundaries of Unicode (UAX 29), without case and
 * diacritics, in every language alike. No word is left out for being frequent. Pure.
 */
final class WordTokenizer {
  /**
   * Diacritics, and what nobody sees: hidden in a word, it would keep the word from being found.
   */
  private static final Pattern MARKS = Pattern.compile("[\\p{M}\\p{Cf}]+");

  private WordTokenizer() {}

  /** What parts a text that {@link #plain} has made into words. */
  static Analyzer analyzer() {
    return new StandardAnalyzer();
  }

  /** A text without diacritics, invisible characters and compatibility forms. */
  static String plain(String text) {
    return MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("");
  }

  /** The words of a text, as the index has them. */
  static List<String> of(String text) {
    List<String> out = new ArrayList<>();
    try (Analyzer analyzer = analyzer();
        TokenStream stream = analyzer.tokenStream("", plain(text))) {
      CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        out.add(word.toString());
      }
      stream.end();
    } catch (IOException e) {
      // Of a text that is in memory.
      throw new UncheckedIOException(e);
    }
    return out;
  }
}
