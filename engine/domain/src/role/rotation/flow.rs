//! Largest flows in small networks, by shortest augmenting paths (Edmonds and Karp 1972).

use std::collections::VecDeque;

/// A network with what flows in it: whole units, from the source to the sink.
pub(super) struct Network {
    /// For each node, its edges.
    edges: Vec<Vec<usize>>,
    /// Each edge's end and what can still flow; the edge after an even one is its reverse.
    ends: Vec<(usize, u64)>,
    /// Node and edge to the sink of each person, if any.
    pub(super) people: Vec<(usize, usize)>,
    pub(super) flow: u64,
}

pub(super) const SOURCE: usize = 0;
pub(super) const SINK: usize = 1;

impl Network {
    /// Source and sink alone.
    pub(super) fn empty() -> Self {
        Self { edges: vec![Vec::new(); 2], ends: Vec::new(), people: Vec::new(), flow: 0 }
    }

    /// A new node.
    pub(super) fn node(&mut self) -> usize {
        self.edges.push(Vec::new());
        self.edges.len() - 1
    }

    /// A new edge, of so much at most.
    pub(super) fn edge(&mut self, from: usize, to: usize, most: u64) -> usize {
        let edge = self.ends.len();
        for (node, end, most) in [(from, to, most), (to, from, 0)] {
            let number = self.ends.len();
            self.ends.push((end, most));
            if let Some(edges) = self.edges.get_mut(node) {
                edges.push(number);
            }
        }
        edge
    }

    /// As much as can flow.
    pub(super) fn fill(&mut self) {
        while self.augment(None) {}
    }

    /// One unit more, to anybody or to one person; the others keep what they have.
    pub(super) fn augment(&mut self, person: Option<usize>) -> bool {
        let wanted = person.and_then(|person| self.people.get(person).copied());
        let goal = wanted.map_or(SINK, |(node, _)| node);
        let room = |edge: usize| self.ends.get(edge).is_some_and(|(_, most)| *most > 0);
        if wanted.is_some_and(|(_, edge)| !room(edge)) {
            return false;
        }
        let Some(path) = self.path(goal) else { return false };
        for edge in path.into_iter().chain(wanted.map(|(_, edge)| edge)) {
            if let Some((_, most)) = self.ends.get_mut(edge) {
                *most -= 1;
            }
            if let Some((_, most)) = self.ends.get_mut(edge ^ 1) {
                *most += 1;
            }
        }
        self.flow += 1;
        true
    }

    /// A shortest way from the source along edges with room, never through the sink.
    fn path(&self, goal: usize) -> Option<Vec<usize>> {
        let mut by: Vec<Option<usize>> = vec![None; self.edges.len()];
        let mut queue = VecDeque::from([SOURCE]);
        while let Some(node) = queue.pop_front() {
            if node == goal {
                break;
            }
            for edge in self.edges.get(node).into_iter().flatten() {
                let Some((end, most)) = self.ends.get(*edge).copied() else { continue };
                let Some(entry) = by.get_mut(end) else { continue };
                let enters = most > 0 && end != SOURCE && (end != SINK || goal == SINK);
                if enters && entry.is_none() {
                    *entry = Some(*edge);
                    queue.push_back(end);
                }
            }
        }
        let mut path = Vec::new();
        let mut node = goal;
        while node != SOURCE {
            let edge = by.get(node).copied().flatten()?;
            path.push(edge);
            node = self.ends.get(edge ^ 1)?.0;
        }
        Some(path)
    }
}
